/** The account's folders: what one may do with each, and where it is. */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Folder } from '../../../src-preload/contract/launcher.ts';
import { berth } from '../../bridge.ts';
import { defineWords, useLanguage } from '../../i18n/words.ts';
import { useRemembered } from '../../state/remembered.ts';
import { usePlace } from '../../state/use-section.ts';
import { useSettings } from '../../state/use-settings.ts';
import { Cell, RowHeader } from '../../ui/cells.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { FindBox } from '../../ui/find-box.tsx';
import { exactTime } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { ItemTable } from '../../ui/item-table.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import style from './folders.module.css';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

const useWords = defineWords('folders', en, ko);

const columns = ['name', 'permission', 'usage', 'owner', 'host', 'created'] as const;
const idOf = (folder: Folder): string => folder.id;

export function FoldersPage({ accountId }: { readonly accountId: string }) {
  const t = useWords();
  const { values } = useSettings();
  const [text, setText] = useRemembered(`folders.${accountId}.find`, '');
  const { section, open } = usePlace();
  const openId = section === 'folders' && open?.accountId === accountId ? open.id : null;
  const folders = useQuery({
    queryKey: ['folders.list', accountId],
    queryFn: ({ signal }) => berth.folders.list({ accountId }, { signal }),
    // No event tells about folders: ask again each time the page is opened.
    staleTime: 5_000,
  });
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return (folders.data ?? [])
      .filter((it) => `${it.name}\n${it.host}`.toLowerCase().includes(wanted))
      .sort((a, b) => a.name.localeCompare(b.name));
  }, [folders.data, text]);
  // What a link points at is shown, whatever was looked for before.
  useEffect(() => {
    if (openId !== null) setText('');
  }, [openId, setText]);
  const isGone = openId !== null && folders.data !== undefined && !folders.data.some(({ id }) => id === openId);

  return (
    <Page title={t('title')} actions={<FindBox value={text} placeholder={t('find.placeholder')} onChange={setText} />}>
      {folders.error && (
        <div className={style.notice}>
          <ErrorNotice
            error={toErrorValue(folders.error)}
            onRetry={() => void folders.refetch()}
            busy={folders.isFetching}
          />
        </div>
      )}
      {folders.isPending && <Loading words={t('loading')} />}
      {folders.data?.length === 0 && (
        <Empty icon="folder" title={t('empty')}>
          {t('empty.text')}
        </Empty>
      )}
      {folders.data && folders.data.length > 0 && shown.length === 0 && (
        <Empty icon="search" title={t('empty.find', { text: text.trim() })} />
      )}
      {isGone && (
        <p role="status" className={style.inside}>
          {t('gone')}
        </p>
      )}
      {shown.length > 0 && <p className={style.inside}>{t('inside')}</p>}
      {shown.length > 0 && (
        <ItemTable
          label={t('title')}
          widths={style.columns}
          columns={columns.map((id) => ({ id, title: t(`column.${id}`), className: style[id] }))}
          items={shown}
          idOf={idOf}
          rowHeight={values.density === 'compact' ? 32 : 40}
          render={(folder) => <Cells folder={folder} />}
          pointsAt={openId}
          scrollKey={`berth.folders.${accountId}.scroll`}
        />
      )}
    </Page>
  );
}

function Cells({ folder }: { readonly folder: Folder }) {
  const t = useWords();
  const language = useLanguage();
  const usage = `usage.${folder.usageMode}`;
  return (
    <>
      <RowHeader className={style.name}>
        <Icon name="folder" />
        <span className="ellipsis" data-tip={folder.name}>
          {folder.name}
        </span>
        {folder.automatic && <span className={style.note}>{t('automatic')}</span>}
        {folder.status !== '' && folder.status.toLowerCase() !== 'ready' && (
          <span className={style.note}>{folder.status}</span>
        )}
      </RowHeader>
      <Cell className={`${style.permission} ellipsis`}>{t(`permission.${folder.permission}`)}</Cell>
      <Cell className={style.usage}>{usage in en ? t(usage as 'usage.general') : folder.usageMode}</Cell>
      <Cell className={style.owner}>{t(`owner.${folder.ownership}`)}</Cell>
      <Cell className={`${style.host} ellipsis`} tip={folder.host}>
        {folder.host}
      </Cell>
      <Cell className={`${style.created} numbers`}>
        {folder.createdAt === null ? '–' : exactTime(folder.createdAt, language)}
      </Cell>
    </>
  );
}
