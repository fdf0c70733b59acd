/** Which folders the session sees, and where. With nothing ticked the warning stands at the top, not in a question at launch. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { MountChoice } from '../../../../src-preload/contract/launch-spec.ts';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { automaticTarget, mountable } from '../mount-policy.ts';
import layout from '../start.module.css';
import type { StartForm } from '../use-start-form.ts';
import { mountProblemWords, useVerdictWords } from '../verdict/verdict-words.ts';
import { FolderRow } from './folder-row.tsx';
import { useFolderWords } from './folder-words.ts';
import classes from './folders.module.css';
import { NewFolder } from './new-folder.tsx';

const searchFrom = 8;

export function FoldersSection({ form }: { readonly form: StartForm }) {
  const t = useFolderWords();
  const [search, setSearch] = useState('');
  const { folders, spec, setSpec, mountFacts } = form;
  const all = folders.data ?? [];
  const listed = all.filter((folder) => !folder.automatic);
  const automatic = all.filter((folder) => folder.automatic && mountable(folder));
  const wanted = search.trim().toLowerCase();
  const shown = listed.filter((folder) => folder.name.toLowerCase().includes(wanted));
  const readOnlyAllowed = form.options.data?.rules.readOnlyMounts ?? false;

  const change = (mounts: MountChoice[]) => setSpec({ mounts });
  const update = (id: string, part: Partial<MountChoice>) =>
    change(spec.mounts.map((mount) => (mount.id === id ? { ...mount, ...part } : mount)));
  const leaveOut = (id: string) => change(spec.mounts.filter((mount) => mount.id !== id));
  const tick = (id: string, name: string) =>
    change([...spec.mounts.filter((mount) => mount.id !== id), { id, name, alias: '', readOnly: false }]);

  return (
    <section className={layout.section} aria-labelledby="start-folders">
      <h3 id="start-folders">{t('folders')}</h3>
      {folders.data && spec.mounts.length === 0 && (
        <p className={layout.caution}>
          <Icon name="warning" />
          <span>{t('nothingMounted')}</span>
        </p>
      )}
      {folders.error && <ErrorNotice error={toErrorValue(folders.error)} onRetry={() => void folders.refetch()} />}
      <Invalid form={form} onLeaveOut={leaveOut} />
      <fieldset className={classes.group}>
        <legend>
          <span>{t('foldersToMount')}</span>
        </legend>
        <div className={classes.tools}>
          {listed.length > searchFrom && (
            <TextInput
              size="xs"
              className={classes.search ?? ''}
              aria-label={t('find')}
              placeholder={t('find')}
              leftSection={<Icon name="search" />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          )}
          <IconButton icon="refresh" label={t('refresh')} onClick={() => void folders.refetch()} />
        </div>
        {shown.length > 0 && (
          <div className={classes.folders}>
            {shown.map((folder) => {
              const index = spec.mounts.findIndex((mount) => mount.id === folder.id);
              return (
                <FolderRow
                  key={folder.id}
                  folder={folder}
                  facts={mountFacts}
                  choice={spec.mounts[index] ?? null}
                  problem={form.mountProblems[index] ?? null}
                  readOnlyAllowed={readOnlyAllowed}
                  onTick={(on) => (on ? tick(folder.id, folder.name) : leaveOut(folder.id))}
                  onChange={(part) => update(folder.id, part)}
                />
              );
            })}
          </div>
        )}
        {folders.isPending && <p className={layout.note}>{t('loading')}</p>}
        {folders.data && listed.length === 0 && <p className={layout.note}>{t('noFolders')}</p>}
        {listed.length > 0 && shown.length === 0 && (
          <p className={layout.note}>{t('noneFound', { count: spec.mounts.length })}</p>
        )}
      </fieldset>
      <NewFolder form={form} onMade={tick} />
      {automatic.length > 0 && (
        <p className={layout.note}>
          {t('automatic', { names: automatic.map(({ name }) => `${name} → ${automaticTarget(name)}`).join(', ') })}
          <br />
          {t('automatic.why')}
        </p>
      )}
    </section>
  );
}

/** Remembered choices whose folder is not in the list at all: said, never dropped in silence (P-MOUNT-07). */
function Invalid({ form, onLeaveOut }: { readonly form: StartForm; readonly onLeaveOut: (id: string) => void }) {
  const t = useFolderWords();
  const v = useVerdictWords();
  const gone = form.spec.mounts.flatMap((mount, index) => {
    const problem = form.mountProblems[index];
    return problem?.type === 'gone' ? [{ mount, problem }] : [];
  });
  if (gone.length === 0) return null;
  return (
    <ul className={classes.invalid} aria-label={t('invalid')}>
      {gone.map(({ mount, problem }) => (
        <li key={mount.id}>
          <span>{mountProblemWords(v, mount.name, problem)}</span>
          <IconButton icon="close" label={t('leaveOut', { name: mount.name })} onClick={() => onLeaveOut(mount.id)} />
        </li>
      ))}
    </ul>
  );
}
