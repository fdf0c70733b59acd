/** The cells of one row of the Sessions table. */

import { memo } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useLanguage } from '../../i18n/words.ts';
import { Cell, RowHeader } from '../../ui/cells.tsx';
import { exactTime, formatAccelerators, formatNumber, gib, longDuration, shortDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { useNow } from '../../ui/use-now.ts';
import { possible } from './action-policy.ts';
import style from './sessions.module.css';
import { isExplained, PhaseLine, StatusShape, StatusWord } from './status.tsx';
import { useWords } from './words.ts';

export type Act = (
  action: 'apps' | 'terminal' | 'ssh' | 'more' | 'terminate',
  session: Session,
  anchor?: HTMLElement,
) => void;

/** Memoised: a change event rerenders the rows that changed, not the ones in view. */
export const SessionCells = memo(function SessionCells({
  session,
  act,
  menuOpen,
}: {
  readonly session: Session;
  readonly act: Act;
  readonly menuOpen: boolean;
}) {
  return (
    <>
      <RowHeader className={style.name}>
        <StatusShape family={session.family} />
        <span className="ellipsis" data-tip={session.name}>
          {session.name}
        </span>
      </RowHeader>
      <Cell className={style.status}>
        <StatusWord session={session} />
      </Cell>
      {isExplained(session) ? (
        <Cell colSpan={5} className={style.reason}>
          <PhaseLine session={session} />
        </Cell>
      ) : (
        <Amounts session={session} />
      )}
      <Cell className={style.controls}>
        <Controls session={session} act={act} menuOpen={menuOpen} />
      </Cell>
    </>
  );
});

function Amounts({ session }: { readonly session: Session }) {
  const t = useWords();
  const cpu = Number(session.slots.cpu ?? 0);
  const mem = Number(session.slots.mem ?? 0);
  const usedCpu = session.live?.cpuCores ?? null;
  const usedMem = session.live?.memBytes ?? null;
  return (
    <>
      <Cell className={style.environment}>
        <span className="ellipsis" data-tip={session.environment}>
          {session.environment}
        </span>
      </Cell>
      <Cell className={style.cpu}>
        {usedCpu === null
          ? formatNumber(cpu)
          : t('used.of', { used: formatNumber(usedCpu, 1), given: formatNumber(cpu) })}
      </Cell>
      <Cell className={style.memory}>
        {usedMem === null ? gib(mem) : t('used.of', { used: gib(usedMem), given: gib(mem) })} GiB
      </Cell>
      <Cell className={style.gpu}>{formatAccelerators(session.slots)}</Cell>
      <Cell className={style.age}>
        <Age session={session} />
      </Cell>
    </>
  );
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
  const can = possible(session);
  const enter = can.enter ? t(can.enter) : undefined;
  return (
    <>
      <IconButton
        word={words}
        icon="apps"
        label={t('apps')}
        reason={enter}
        shortcut="A"
        onClick={() => act('apps', session)}
      />
      <IconButton
        word={words}
        icon="terminal"
        label={t('terminal')}
        reason={enter}
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
        reason={can.terminate ? t(can.terminate) : undefined}
        shortcut="Del"
        onClick={() => act('terminate', session)}
      />
    </>
  );
}
