/**
 * Containers that an end by force may leave running, by machine: for administrators, who have to remove them, and only
 * where machines may be named (web client parity P-TERM-02).
 */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useSessionRules } from '../../state/use-session-rules.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { containersByMachine } from './left-behind-policy.ts';
import style from './terminate.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly sessions: readonly Session[];
}

export function LeftBehind({ accountId, sessions }: Props) {
  const t = useWords();
  const rules = useSessionRules(accountId);
  const machines = rules?.admin && rules.agents ? containersByMachine(sessions) : [];
  if (machines.length === 0) return null;
  return (
    <>
      <p className={style.note}>{t('forced.containers')}</p>
      <dl className={style.containers} aria-label={t('forced.containers')}>
        {machines.map(({ machine, containers }) => (
          <div key={machine}>
            <dt>{machine}</dt>
            {containers.map((id) => (
              <dd key={id} className="mono">
                {id}
                <CopyButton text={id} label={t('forced.copyContainer', { id: id.slice(0, 12) })} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </>
  );
}
