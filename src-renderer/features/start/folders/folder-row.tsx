/** A folder: ticked or not, what one may do with it, and once ticked where it appears and whether it can be written. */
import { Checkbox, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { MountChoice } from '../../../../src-preload/contract/launch-spec.ts';
import type { Folder } from '../../../../src-preload/contract/launcher.ts';
import { useLanguage } from '../../../i18n/words.ts';
import { exactTime } from '../../../ui/format.ts';
import { Icon } from '../../../ui/icons.tsx';
import { folderProblem, type MountFacts, type MountProblem, mountable, targetPath } from '../mount-policy.ts';
import { mountProblemWords, useVerdictWords } from '../verdict/verdict-words.ts';
import { useFolderWords } from './folder-words.ts';
import classes from './folders.module.css';

interface Props {
  readonly folder: Folder;
  readonly facts: MountFacts;
  /** Null: not ticked. */
  readonly choice: MountChoice | null;
  readonly problem: MountProblem | null;
  readonly readOnlyAllowed: boolean;
  readonly onTick: (on: boolean) => void;
  readonly onChange: (part: Partial<MountChoice>) => void;
}

const modes = ['general', 'model', 'data'] as const;

export function FolderRow({ folder, facts, choice, problem, readOnlyAllowed, onTick, onChange }: Props) {
  const t = useFolderWords();
  const v = useVerdictWords();
  const language = useLanguage();
  const factsId = useId();
  const problemId = useId();
  // Said before it is ticked, too: a box that cannot be ticked without a reason is a riddle.
  const trouble = problem ?? (choice === null ? folderProblem(folder, facts) : null);
  const usable = folderProblem(folder, facts) === null;
  const mode = modes.find((it) => it === folder.usageMode);
  const words = [
    ...(mountable(folder) ? [] : [t('unready', { status: folder.status })]),
    ...(folder.ownership === 'group' ? [t('project')] : []),
    t(folder.permission),
    mode ? t(mode) : folder.usageMode,
    folder.host,
  ];
  return (
    <div className={classes.folder} data-ticked={choice !== null || undefined}>
      <div className={classes.line}>
        <Checkbox
          size="xs"
          label={folder.name}
          checked={choice !== null}
          disabled={!usable && choice === null}
          aria-describedby={trouble ? `${factsId} ${problemId}` : factsId}
          onChange={(event) => onTick(event.currentTarget.checked)}
          styles={{ label: { fontSize: 13, overflowWrap: 'anywhere' } }}
        />
        <span
          className={classes.facts}
          id={factsId}
          data-tip={folder.createdAt === null ? undefined : t('created', { at: exactTime(folder.createdAt, language) })}
        >
          {words.join(' · ')}
        </span>
      </div>
      {choice && (
        <div className={classes.details}>
          <TextInput
            size="xs"
            className={classes.path ?? ''}
            aria-label={t('path', { name: folder.name })}
            placeholder={folder.name}
            value={choice.alias}
            spellCheck={false}
            autoComplete="off"
            maxLength={1024}
            error={problem !== null && 'path' in problem}
            aria-describedby={problem ? problemId : undefined}
            onChange={(event) => onChange({ alias: event.currentTarget.value })}
          />
          <span className={classes.target}>{targetPath(folder.name, choice.alias)}</span>
          {folder.permission === 'ro' ? (
            <span className={classes.readOnly}>{t('readOnly.always')}</span>
          ) : (
            readOnlyAllowed && (
              // No checkbox: in this group those are the folders.
              <button
                type="button"
                className={classes.readOnlyButton}
                aria-label={t('readOnly', { name: folder.name })}
                aria-pressed={choice.readOnly}
                onClick={() => onChange({ readOnly: !choice.readOnly })}
              >
                <Icon name={choice.readOnly ? 'check' : 'rename'} size={12} />
                {choice.readOnly ? t('readOnlyShort') : t('writable')}
              </button>
            )
          )}
        </div>
      )}
      {trouble && (
        <p className={classes.problem} id={problemId}>
          {mountProblemWords(v, folder.name, trouble)}
        </p>
      )}
    </div>
  );
}
