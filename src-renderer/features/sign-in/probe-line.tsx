/** The line under Endpoint: does Backend.AI answer there? Asked a moment after typing stops. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ErrorCode } from '../../../src-preload/contract/errors.ts';
import { berth } from '../../bridge.ts';
import { toErrorValue, useErrorSentences } from '../../ui/errors/sentences.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './first-window.module.css';
import { useSignInWords } from './words.ts';

const debounceMs = 400;

interface Props {
  readonly endpoint: string;
  readonly hint: string;
  /** What the form already says below; not said twice. */
  readonly told: ErrorCode | undefined;
}

export function ProbeLine({ endpoint, hint, told }: Props) {
  const t = useSignInWords();
  const sentences = useErrorSentences();
  const typed = endpoint.trim();
  const [asked] = useDebouncedValue(typed, debounceMs);
  const probe = useQuery({
    queryKey: ['sites.probe', asked],
    queryFn: ({ signal }) => berth.sites.probe({ endpoint: asked }, { signal }),
    enabled: asked.length > 3,
    staleTime: 10_000,
    gcTime: 30_000,
  });

  const line = (): { kind: 'plain' | 'good' | 'bad'; text: string } => {
    if (typed.length <= 3) return { kind: 'plain', text: hint };
    if (asked !== typed || probe.isPending) return { kind: 'plain', text: t('probe.asking') };
    const error = probe.error ? toErrorValue(probe.error) : probe.data?.reachable === false ? probe.data.error : null;
    if (error) {
      if (error.code === told) return { kind: 'plain', text: hint };
      // Asked again only when the address is typed anew.
      const { what, advice } = sentences({ ...error, retry: 'user' });
      return { kind: 'bad', text: `${what} ${advice}` };
    }
    if (!probe.data?.reachable) return { kind: 'plain', text: hint };
    const { manager, mode } = probe.data;
    return mode === 'api'
      ? { kind: 'good', text: t('probe.api', { manager }) }
      : { kind: 'bad', text: t('probe.session', { manager }) };
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
