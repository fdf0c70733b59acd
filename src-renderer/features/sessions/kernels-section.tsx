/** The containers of a session, each with its state, its machine, its id and its log (web client parity P-DETAIL-07). */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { statusWord } from './status-word.ts';
import { useWords } from './words.ts';

interface Props {
  readonly session: Session;
  readonly canLog: boolean;
  /** Whether machines may be named. */
  readonly showsAgents: boolean;
  readonly onLog: (kernelId: string | null) => void;
}

export function KernelsSection({ session, canLog, showsAgents, onLog }: Props) {
  const t = useWords();
  const d = useDetailWords();
  return (
    <ul className={style.kernels}>
      {session.kernels.map((it) => (
        <li key={it.id}>
          <div>
            <strong>{it.hostname}</strong>{' '}
            <span className="soft">
              {d('kernels.state', { status: statusWord(t, it), role: it.role })}
              {showsAgents && it.agent ? ` · ${d('kernels.machine', { agent: it.agent })}` : ''}
              {it.statusInfo ? ` · ${it.statusInfo}` : ''}
            </span>
            {it.containerId && (
              <div className={style.container}>
                <span className="soft">{d('kernels.container')}</span>
                <span className="mono ellipsis" data-tip={it.containerId}>
                  {it.containerId}
                </span>
                <CopyButton text={it.containerId} label={d('kernels.copyContainer', { name: it.hostname })} />
              </div>
            )}
          </div>
          {canLog && (
            <IconButton
              icon="log"
              label={d('kernels.log', { name: it.hostname })}
              onClick={() => onLog(it.role === 'main' ? null : it.id)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
