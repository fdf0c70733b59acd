/** The containers of a cluster, each with its state and its log. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { statusWord } from './status.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly session: Session;
  readonly canLog: boolean;
  readonly onLog: (kernelId: string | null) => void;
}

export function KernelsSection({ session, canLog, onLog }: Props) {
  const t = useWords();
  const d = useDetailWords();
  return (
    <ul className={style.kernels}>
      {session.kernels.map((it) => (
        <li key={it.id}>
          <span>
            <strong data-tip={it.containerId ? d('kernels.container', { id: it.containerId }) : undefined}>
              {it.hostname}
            </strong>{' '}
            <span className="soft">
              {d('kernels.state', { status: statusWord(t, it), role: it.role })}
              {it.agent ? ` · ${d('kernels.machine', { agent: it.agent })}` : ''}
              {it.statusInfo ? ` · ${it.statusInfo}` : ''}
            </span>
          </span>
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
