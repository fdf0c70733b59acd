/** Which folders the session sees. With nothing ticked the warning stands here, not in a question at launch. */
import { Checkbox, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { Folder } from '../../../src-preload/contract/launcher.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Icon } from '../../ui/icons.tsx';
import { useWords } from './bound-words.ts';
import classes from './start.module.css';
import type { StartForm } from './use-start-form.ts';

const searchFrom = 8;

export function FoldersSection({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const [search, setSearch] = useState('');
  const { folders, ticked, draft, setDraft } = form;
  const all = folders.data ?? [];
  const mountable = all.filter((folder) => !folder.automatic);
  const automatic = all.filter((folder) => folder.automatic && isReady(folder));
  const wanted = search.trim().toLowerCase();
  const shown = mountable.filter((folder) => folder.name.toLowerCase().includes(wanted));
  const gone = folders.data ? draft.folders.length - ticked.length : 0;

  function tick(id: string, on: boolean): void {
    setDraft({ folders: on ? [...ticked, id] : ticked.filter((it) => it !== id) });
  }

  return (
    <section className={classes.section} aria-labelledby="start-folders">
      <h3 id="start-folders">{t('folders')}</h3>
      {folders.error && <ErrorNotice error={toErrorValue(folders.error)} onRetry={() => void folders.refetch()} />}
      <fieldset className={classes.group}>
        <legend>{t('foldersToMount')}</legend>
        {mountable.length > searchFrom && (
          <TextInput
            size="xs"
            mb={6}
            aria-label={t('findFolder')}
            placeholder={t('findFolder')}
            leftSection={<Icon name="search" />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {shown.length > 0 && (
          <div className={classes.folders}>
            {shown.map((folder) => (
              <FolderRow
                key={folder.id}
                folder={folder}
                checked={ticked.includes(folder.id)}
                onChange={(on) => tick(folder.id, on)}
              />
            ))}
          </div>
        )}
        {folders.isPending && <p className={classes.note}>{t('foldersLoading')}</p>}
        {folders.data && mountable.length === 0 && <p className={classes.note}>{t('noFolders')}</p>}
        {mountable.length > 0 && shown.length === 0 && (
          <p className={classes.note}>{t('noFolderFound', { count: ticked.length })}</p>
        )}
      </fieldset>
      {gone > 0 && <p className={classes.note}>{t('folders.gone', { count: gone })}</p>}
      {automatic.length > 0 && (
        <p className={classes.note}>
          {t('automatic', { names: automatic.map((folder) => folder.name).join(', ') })}
          <br />
          {t('automatic.why')}
        </p>
      )}
      {folders.data && ticked.length === 0 && (
        <p className={classes.caution}>
          <Icon name="warning" />
          <span>{t('nothingMounted')}</span>
        </p>
      )}
    </section>
  );
}

function isReady(folder: Folder): boolean {
  return folder.status.toLowerCase() === 'ready';
}

interface RowProps {
  readonly folder: Folder;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}

function FolderRow({ folder, checked, onChange }: RowProps) {
  const t = useWords();
  const factsId = useId();
  const ready = isReady(folder);
  const facts = [
    ...(ready ? [] : [t('folder.unready', { status: folder.status })]),
    ...(folder.ownership === 'group' ? [t('folder.project')] : []),
    ...(folder.permission === 'ro' ? [t('folder.ro')] : []),
    folder.host,
  ];
  return (
    <div className={classes.folder}>
      <Checkbox
        size="xs"
        label={folder.name}
        checked={checked}
        disabled={!ready && !checked}
        aria-describedby={factsId}
        onChange={(event) => onChange(event.currentTarget.checked)}
        styles={{ label: { fontSize: 13, overflowWrap: 'anywhere' } }}
      />
      <span className="soft" id={factsId}>
        {facts.join(' · ')}
      </span>
    </div>
  );
}
