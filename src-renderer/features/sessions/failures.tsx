/** Whole errors of a start that failed, folded: for those who mend sites (web client parity P-FAIL-02). */
import type { Failure } from '../../../src-preload/contract/sessions.ts';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';

interface Props {
  readonly failures: readonly Failure[];
  /** Whether machines may be named. */
  readonly showsAgents: boolean;
}

export function Failures({ failures, showsAgents }: Props) {
  const t = useDetailWords();
  if (failures.length === 0) return null;
  return (
    <details className={style.said}>
      <summary>{t('failures.title')}</summary>
      {failures.map(({ name, text, source, agent, traceback }, at) => {
        const places = [
          ...(source === null ? [] : [t('failures.source', { source })]),
          ...(showsAgents && agent !== null ? [t('failures.machine', { agent })] : []),
        ];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: errors have no id, and two may be alike
          <div key={at}>
            <p>
              {name !== null && <strong>{name}</strong>} {places.join(' · ')}
            </p>
            {(text !== null || traceback !== null) && (
              <pre>{[text, traceback].filter((it) => it !== null).join('\n\n')}</pre>
            )}
          </div>
        );
      })}
    </details>
  );
}
