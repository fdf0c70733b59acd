/** The line under Endpoint: what answers there, and what is to know before signing in. */
import type { ErrorCode } from '../../../src-preload/contract/errors.ts';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './first-window.module.css';
import type { Probe, Reached } from './use-probe.ts';
import { useSignInWords } from './words.ts';

/** Less is not worth a sentence. */
const tellSkewSeconds = 60;

interface Props {
  readonly probe: Probe;
  readonly hint: string;
  /** What the form already says below; not said twice. */
  readonly told: ErrorCode | undefined;
}

export function ProbeLine({ probe, hint, told }: Props) {
  const t = useSignInWords();
  const sentences = useErrorSentences();

  const line = (): { kind: 'plain' | 'good' | 'bad'; text: string } => {
    if (probe.kind === 'none') return { kind: 'plain', text: hint };
    if (probe.kind === 'asking') return { kind: 'plain', text: t('probe.asking') };
    if (probe.kind === 'reached') return { kind: 'good', text: reached(probe.site) };
    if (probe.error.code === told) return { kind: 'plain', text: hint };
    // Asked again only when the address is typed anew.
    const { what, advice } = sentences({ ...probe.error, retry: 'user' });
    return { kind: 'bad', text: `${what} ${advice}` };
  };
  const reached = ({ manager, mode, skewSeconds, singleSignOn }: Reached) => {
    const parts = [t(mode === 'session' ? 'probe.session' : 'probe.api', { manager })];
    if (Math.abs(skewSeconds) >= tellSkewSeconds) {
      const minutes = Math.max(1, Math.round(Math.abs(skewSeconds) / 60));
      parts.push(t(skewSeconds > 0 ? 'probe.behind' : 'probe.ahead', { minutes }));
    }
    if (singleSignOn.length > 0) parts.push(t('probe.singleSignOn', { names: singleSignOn.join(', ') }));
    return parts.join(' ');
  };
  const { kind, text } = line();

  return (
    <p role="status" className={style.probe} data-kind={kind}>
      {kind === 'good' && <Icon name="check" size={14} />}
      {kind === 'bad' && <Icon name="warning" size={14} />}
      <span>{text}</span>
    </p>
  );
}
