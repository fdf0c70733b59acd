/** Recent launches of this site, searchable and pinned first; and launches from a file or a link. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ChangeEvent, useRef, useState } from 'react';
import type { HistoryEntry, Recipe } from '../../../../src-preload/contract/launches.ts';
import { berth } from '../../../bridge.ts';
import { useLanguage } from '../../../i18n/words.ts';
import { queryClient } from '../../../state/query.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { FindBox } from '../../../ui/find-box.tsx';
import { exactTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { describeSpec, findEntries, titleOf } from './history-policy.ts';
import { useRecipeWords } from './recipe-words.ts';
import classes from './recipes.module.css';

interface Props {
  readonly accountId: string;
  readonly onUse: (recipe: Recipe) => void;
  readonly onClose: () => void;
}

/** A larger file is no launch. */
const maxFileBytes = 512 * 1024;

export function HistoryDialog({ accountId, onUse, onClose }: Props) {
  const t = useRecipeWords();
  const [find, setFind] = useState('');
  const [renaming, setRenaming] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const key = ['launches.history', accountId];
  const history = useQuery({ queryKey: key, queryFn: () => berth.launches.history({ accountId }), staleTime: 0 });
  const read = useMutation({ mutationFn: (text: string) => berth.launches.read({ text }), onSuccess: onUse });
  const change = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
  });

  const openFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.currentTarget.files ?? [];
    // The same file may be chosen again after it was mended.
    event.currentTarget.value = '';
    if (chosen) read.mutate(chosen.size > maxFileBytes ? '{' : await chosen.text());
  };
  const shown = findEntries(history.data ?? [], find);
  const error = read.error ?? change.error ?? history.error;

  return (
    <Dialog title={t('title')} width={620} onClose={onClose}>
      <div className={classes.top}>
        <FindBox value={find} placeholder={t('find')} onChange={setFind} />
      </div>
      {error && <ErrorNotice error={toErrorValue(error)} />}
      {history.isPending && <Loading />}
      {history.data && shown.length === 0 && (
        <p className={classes.empty}>{find.trim() === '' ? t('none') : t('nothing')}</p>
      )}
      <ul className={classes.list}>
        {shown.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            renaming={renaming === entry.id}
            onUse={() => onUse(recipeOf(entry))}
            onRename={(title) => {
              setRenaming(null);
              if (title !== null) change.mutate(() => berth.launches.change({ accountId, id: entry.id, title }));
            }}
            onBeginRename={() => setRenaming(entry.id)}
            onPin={() => change.mutate(() => berth.launches.change({ accountId, id: entry.id, pinned: !entry.pinned }))}
            onForget={() => change.mutate(() => berth.launches.forget({ accountId, id: entry.id }))}
          />
        ))}
      </ul>
      <div className={classes.other}>
        <Button variant="default" onClick={() => file.current?.click()}>
          {t('openFile')}
        </Button>
        <input
          ref={file}
          className={classes.file}
          type="file"
          accept=".json,application/json"
          aria-label={t('openFile')}
          tabIndex={-1}
          onChange={(event) => void openFile(event)}
        />
        <TextInput
          aria-label={t('link')}
          placeholder={t('link.placeholder')}
          value=""
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            const text = event.currentTarget.value.trim();
            if (text !== '') read.mutate(text);
          }}
        />
      </div>
    </Dialog>
  );
}

function recipeOf(entry: HistoryEntry): Recipe {
  return {
    title: titleOf(entry),
    spec: entry.spec,
    madeFor: null,
    leftOut: entry.spec.environ.filter(({ name, value }) => name !== '' && value === '').map(({ name }) => name),
  };
}

interface EntryProps {
  readonly entry: HistoryEntry;
  readonly renaming: boolean;
  readonly onUse: () => void;
  readonly onBeginRename: () => void;
  /** Null: the name stays. */
  readonly onRename: (title: string | null) => void;
  readonly onPin: () => void;
  readonly onForget: () => void;
}

function Entry({ entry, renaming, onUse, onBeginRename, onRename, onPin, onForget }: EntryProps) {
  const t = useRecipeWords();
  const language = useLanguage();
  const name = titleOf(entry);
  const [title, setTitle] = useState(name);
  return (
    <li className={classes.row}>
      {renaming ? (
        <TextInput
          className={classes.entry ?? ''}
          aria-label={t('rename.label')}
          value={title}
          maxLength={256}
          autoFocus
          onChange={(event) => setTitle(event.currentTarget.value)}
          onBlur={() => onRename(title)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            onRename(event.key === 'Enter' ? title : null);
          }}
        />
      ) : (
        <button type="button" className={classes.entry} aria-label={t('use.of', { name })} onClick={onUse}>
          <span className={classes.name}>
            <span>{name}</span>
            {entry.sessions.length > 1 && (
              <span className={classes.said}>{t('several', { count: entry.sessions.length })}</span>
            )}
          </span>
          <span className={classes.about}>
            {exactTime(entry.at, language)} · {describeSpec(entry.spec)}
          </span>
        </button>
      )}
      <IconButton
        icon={entry.pinned ? 'pinned' : 'pin'}
        label={t(entry.pinned ? 'unpin' : 'pin', { name })}
        onClick={onPin}
      />
      <IconButton icon="rename" label={t('rename', { name })} onClick={onBeginRename} />
      <IconButton icon="close" label={t('forget', { name })} onClick={onForget} />
    </li>
  );
}
