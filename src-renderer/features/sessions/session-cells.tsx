/** The cells of one row of the Sessions table. */

import { createContext, memo, type ReactNode, useContext } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { Cell, RowHeader } from '../../ui/cells.tsx';
import { exactTime, formatBytes, longDuration, shortDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { useNow } from '../../ui/use-now.ts';
import { isOthers, possible } from './action-policy.ts';
import { type ColumnId, columns, type Layout } from './columns-policy.ts';
import { IdleCell } from './idle-cell.tsx';
import style from './sessions.module.css';
import { isExplained, PhaseLine, StatusShape, StatusWord } from './status.tsx';
import { UseCell } from './use-cell.tsx';
import { useWords } from './words.ts';

export type Act = (
  action: 'apps' | 'terminal' | 'ssh' | 'more' | 'terminate',
  session: Session,
  anchor?: HTMLElement,
) => void;

/** Why nothing can be done with any session now; null when the site answers. */
export const Blocked = createContext<string | null>(null);

/** The access key of the account whose list this is. */
export const OwnKey = createContext<string | null>(null);

/** Names of the projects that the account is in. */
export const OwnProjects = createContext<readonly string[]>([]);

export function ListFrame({
  blocked,
  ownKey,
  projects,
  children,
}: {
  readonly blocked: string | null;
  readonly ownKey: string | null;
  readonly projects: readonly string[];
  readonly children: ReactNode;
}) {
  return (
    <Blocked value={blocked}>
      <OwnKey value={ownKey}>
        <OwnProjects value={projects}>{children}</OwnProjects>
      </OwnKey>
    </Blocked>
  );
}

interface Props {
  readonly session: Session;
  readonly layout: Layout;
  readonly ticked: boolean;
  readonly onTick: (session: Session, extend: boolean) => void;
  readonly act: Act;
  readonly menuOpen: boolean;
}

/** Memoised: a change event rerenders the rows that changed, not the ones in view. */
export const SessionCells = memo(function SessionCells({ session, layout, ticked, onTick, act, menuOpen }: Props) {
  const explained = isExplained(session);
  const { shown } = layout;
  // The reason takes the place of all amounts; the status before it keeps its own when it stands first.
  const own = explained ? shown.slice(0, shown[0] === 'status' ? 1 : 0) : shown;
  const rest = shown.length - own.length;
  return (
    <>
      {layout.ticks && <Tick session={session} ticked={ticked} onTick={onTick} />}
      <RowHeader className={style.name}>
        <StatusShape family={session.family} />
        <span className="ellipsis" data-tip={session.name}>
          {session.name}
        </span>
      </RowHeader>
      {own.map((id) => (
        <Cell key={id} className={columns[id].end ? style.end : style.text}>
          <ColumnCell id={id} session={session} lean={layout.lean} />
        </Cell>
      ))}
      {explained && rest > 0 && (
        <Cell colSpan={rest} className={style.reason} style={{ gridColumn: `span ${rest}` }}>
          {own.length === 0 && <StatusWord session={session} />}
          <PhaseLine session={session} />
        </Cell>
      )}
      <Cell className={style.controls}>
        <Controls session={session} act={act} menuOpen={menuOpen} />
      </Cell>
    </>
  );
});

function Tick({ session, ticked, onTick }: Pick<Props, 'session' | 'ticked' | 'onTick'>) {
  const t = useWords();
  const { terminate } = possible(session);
  return (
    <Cell className={style.tick}>
      <input
        type="checkbox"
        aria-label={t('tick', { name: session.name })}
        data-tip={terminate ? t(terminate) : undefined}
        disabled={terminate !== null}
        checked={ticked}
        // Space and Shift are the row's; here the pointer ticks.
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          onTick(session, event.shiftKey);
        }}
        onChange={() => undefined}
      />
    </Cell>
  );
}

function ColumnCell({
  id,
  session,
  lean,
}: {
  readonly id: ColumnId;
  readonly session: Session;
  readonly lean: boolean;
}) {
  switch (id) {
    case 'status':
      return <StatusWord session={session} />;
    case 'cpu':
    case 'memory':
    case 'gpu':
      return <UseCell session={session} what={id} lean={lean} />;
    case 'idle':
      return <IdleCell session={session} />;
    case 'dependencies':
      return <Text>{session.dependsOn?.map(({ name }) => name).join(', ') ?? null}</Text>;
    case 'domain':
      return <Text>{session.domain ?? null}</Text>;
    case 'accessKey':
      return <Text>{session.accessKey}</Text>;
    case 'age':
      return <Age session={session} />;
    case 'created':
      return <Time at={session.createdAt} />;
    case 'started':
      return <Time at={session.startedAt} />;
    case 'ended':
      return <Time at={session.terminatedAt} />;
    case 'type':
      return <TypeWord type={session.type} />;
    case 'environment':
      return <Text>{session.environment}</Text>;
    case 'folders':
      return <Text>{session.mounts.join(', ')}</Text>;
    case 'resourceGroup':
      return <Text>{session.resourceGroup}</Text>;
    case 'project':
      return <Text>{session.project}</Text>;
    case 'image':
      return <Text>{session.image}</Text>;
    case 'statusInfo':
      return <Text>{session.statusInfo}</Text>;
    case 'cluster':
      return <>{session.clusterSize}</>;
    case 'shmem':
      return <>{session.shmemBytes === null ? '–' : formatBytes(session.shmemBytes)}</>;
    case 'architecture':
      return <Text>{session.architecture}</Text>;
    case 'owner':
      return <Text>{session.owner ?? session.accessKey}</Text>;
    case 'agents':
      return <Text>{session.agents?.join(', ') ?? null}</Text>;
    case 'priority':
      return <>{session.priority ?? '–'}</>;
    case 'result':
      return <Text>{session.result ?? null}</Text>;
    case 'id':
      return <Text>{session.id}</Text>;
  }
}

function Text({ children }: { readonly children: string | null }) {
  return (
    <span className="ellipsis" data-tip={children || undefined}>
      {children || '–'}
    </span>
  );
}

function TypeWord({ type }: { readonly type: string }) {
  const t = useWords();
  const known = type === 'interactive' || type === 'batch' || type === 'inference' || type === 'system';
  return <Text>{known ? t(`type.${type}`) : type}</Text>;
}

function Time({ at }: { readonly at: string | null }) {
  const language = useLanguage();
  return <Text>{at === null ? null : exactTime(at, language)}</Text>;
}

function Age({ session }: { readonly session: Session }) {
  const t = useWords();
  const language = useLanguage();
  const now = useNow('slow');
  const ended = session.terminatedAt;
  const began = session.startedAt ?? session.createdAt;
  if (ended === null || session.family !== 'finished') {
    return (
      <span data-tip={t('age.since', { time: exactTime(session.createdAt, language) })}>
        {shortDuration(now - Date.parse(began), language)}
      </span>
    );
  }
  const time = exactTime(ended, language);
  const ranMs = Date.parse(ended) - Date.parse(began);
  const tip =
    session.startedAt === null
      ? t('age.never', { time })
      : t('age.ran', { time, duration: longDuration(ranMs, language) });
  return <span data-tip={tip}>{shortDuration(now - Date.parse(ended), language)}</span>;
}

/** The five controls, always there, in the same order. */
export function Controls({
  session,
  act,
  menuOpen,
  words = false,
}: {
  readonly session: Session;
  readonly act: Act;
  readonly menuOpen: boolean;
  /** With their names below, in the panel. */
  readonly words?: boolean;
}) {
  const t = useWords();
  const blocked = useContext(Blocked);
  const can = possible(session);
  const ownKey = useContext(OwnKey);
  const yours = blocked ?? (isOthers(session, ownKey) ? t('not.yours') : undefined);
  const enter = can.enter ? t(can.enter) : yours;
  const use = can.use ? t(can.use) : yours;
  return (
    <>
      <IconButton
        word={words}
        icon="apps"
        label={t('apps')}
        reason={use}
        shortcut="A"
        onClick={() => act('apps', session)}
      />
      <IconButton
        word={words}
        icon="terminal"
        label={t('terminal')}
        reason={use}
        shortcut="T"
        onClick={() => act('terminal', session)}
      />
      <IconButton word={words} icon="ssh" label={t('ssh')} reason={enter} onClick={() => act('ssh', session)} />
      <IconButton
        word={words}
        icon="more"
        label={t('more')}
        aria-haspopup="menu"
        aria-expanded={menuOpen}
        onClick={(event) => act('more', session, event.currentTarget)}
      />
      <IconButton
        word={words}
        icon="stop"
        label={t('terminate')}
        reason={can.terminate ? t(can.terminate) : (blocked ?? undefined)}
        shortcut="Del"
        onClick={() => act('terminate', session)}
      />
    </>
  );
}
