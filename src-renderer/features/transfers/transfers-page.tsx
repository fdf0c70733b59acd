/** What moves out of sessions: how far each is, and what can be done about it. Goes on when the window is closed. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Link } from '../../../src-preload/contract/links.ts';
import type { Transfer } from '../../../src-preload/contract/transfers.ts';
import { berth } from '../../bridge.ts';
import { defineWords, useLanguage } from '../../i18n/words.ts';
import { useLinks } from '../../state/use-links.ts';
import { useTransfers } from '../../state/use-transfers.ts';
import { Banner } from '../../ui/banner.tsx';
import { Cell, RowHeader } from '../../ui/cells.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue, useErrorSentences } from '../../ui/errors/sentences.ts';
import { exactTime, shortDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { ItemTable } from '../../ui/item-table.tsx';
import { useLinkWords } from '../../ui/link/link-words.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { TransferProgress } from '../../ui/transfer-progress.tsx';
import { useNow } from '../../ui/use-now.ts';
import style from './transfers.module.css';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

const useWords = defineWords('transfers', en, ko);
const columns = ['session', 'progress', 'started'] as const;
const idOf = (transfer: Transfer): string => transfer.id;

export function TransfersPage() {
  const t = useWords();
  const sentences = useErrorSentences();
  const transfers = useTransfers();
  const [failed, setFailed] = useState<unknown>(null);
  const rows = (transfers.data ?? []).toReversed();
  return (
    <Page title={t('title')}>
      {transfers.isPending && <Loading words={t('loading')} />}
      {transfers.error && (
        <ErrorNotice error={toErrorValue(transfers.error)} onRetry={() => void transfers.refetch()} />
      )}
      {failed !== null && <Banner kind="warning">{sentences(toErrorValue(failed)).what}</Banner>}
      {transfers.data?.length === 0 && (
        <Empty icon="transfers" title={t('empty')}>
          {t('empty.text')}
        </Empty>
      )}
      {rows.length > 0 && (
        <ItemTable
          label={t('title')}
          widths={style.columns}
          columns={[
            ...columns.map((id) => ({ id, title: t(`column.${id}`), className: style[id] })),
            { id: 'controls', title: t('column.controls'), untitled: true },
          ]}
          items={rows}
          idOf={idOf}
          rowHeight={76}
          render={(transfer) => <Cells transfer={transfer} onFailed={setFailed} />}
          scrollKey="berth.transfers.scroll"
        />
      )}
    </Page>
  );
}

function Cells({ transfer, onFailed }: { readonly transfer: Transfer; readonly onFailed: (error: unknown) => void }) {
  const t = useWords();
  const language = useLanguage();
  const sentences = useErrorSentences();
  const now = useNow('slow');
  const why = transfer.error ?? transfer.failures[0]?.error;
  const links = useLinks();
  const link =
    transfer.state === 'reconnecting'
      ? links.data?.find((it) => it.sessionId === transfer.sessionId && it.accountId === transfer.accountId)
      : undefined;
  const tells = transfer.failures.map(({ path, error }) => `${path}: ${sentences(error).what}`);
  return (
    <>
      <RowHeader className={style.session}>
        <span className={`${style.name} ellipsis`}>{transfer.sessionName}</span>
        <span className={`${style.folder} ellipsis`} data-tip={transfer.folder}>
          {t(transfer.kind === 'download' ? 'to' : 'toMount', { folder: transfer.folder })}
        </span>
        {transfer.thenEnd && transfer.state !== 'done' && transfer.state !== 'cancelled' && (
          <span className={style.folder}>{t('thenEnd')}</span>
        )}
      </RowHeader>
      <Cell tip={[...(why ? [sentences(why).what] : []), ...tells.slice(0, 10)].join('\n') || undefined}>
        {link ? <Reconnecting transfer={transfer} link={link} /> : <TransferProgress transfer={transfer} />}
      </Cell>
      <Cell className={`${style.started} numbers`} tip={exactTime(transfer.startedAt, language)}>
        {shortDuration(now - Date.parse(transfer.startedAt), language)}
      </Cell>
      <Cell className={style.controls}>
        <Controls transfer={transfer} onFailed={onFailed} />
      </Cell>
    </>
  );
}

/** Says when the connection that it waits for is tried again, or what keeps it. */
function Reconnecting({ transfer, link }: { readonly transfer: Transfer; readonly link: Link }) {
  const { next } = useLinkWords()(link, useNow('second'));
  return <TransferProgress transfer={transfer} next={next} />;
}

function Controls({
  transfer,
  onFailed,
}: {
  readonly transfer: Transfer;
  readonly onFailed: (error: unknown) => void;
}) {
  const t = useWords();
  const act = useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'cancel' | 'forget' | 'openFolder') =>
      berth.transfers[what]({ transferId: transfer.id }),
    onMutate: () => onFailed(null),
    onError: onFailed,
  });
  const { state } = transfer;
  const moves = state === 'running' || state === 'reconnecting';
  return (
    <>
      {moves && <IconButton icon="pause" label={t('pause')} onClick={() => act.mutate('pause')} />}
      {(state === 'paused' || state === 'failed') && (
        <IconButton
          icon={state === 'paused' ? 'play' : 'refresh'}
          label={t(state === 'paused' ? 'resume' : 'retry')}
          onClick={() => act.mutate('resume')}
        />
      )}
      {transfer.kind === 'download' && (
        <IconButton icon="folder" label={t('openFolder')} onClick={() => act.mutate('openFolder')} />
      )}
      {(moves || state === 'paused') && (
        <IconButton icon="stop" label={t('cancel')} onClick={() => act.mutate('cancel')} />
      )}
      {(state === 'done' || state === 'cancelled' || state === 'failed') && (
        <IconButton icon="close" label={t('forget')} onClick={() => act.mutate('forget')} />
      )}
    </>
  );
}
