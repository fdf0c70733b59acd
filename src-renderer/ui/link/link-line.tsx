/** One line about a session's connection, where something of it is used or opened; nothing while it is well or at rest. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Link } from '../../../src-preload/contract/links.ts';
import { berth } from '../../bridge.ts';
import { Icon } from '../icons.tsx';
import { useNow } from '../use-now.ts';
import style from './link-line.module.css';
import { canTryNow, useLinkTexts, useLinkWords } from './link-words.ts';

/** A connection that just begins says so only when it takes longer than people notice. */
const quietMs = 1_000;

export function LinkLine({ link }: { readonly link: Link | undefined }) {
  if (!link || link.state === 'up' || link.state === 'idle') return null;
  return <Line link={link} />;
}

function Line({ link }: { readonly link: Link }) {
  const t = useLinkTexts();
  const wordsOf = useLinkWords();
  const now = useNow('second');
  const retry = useMutation({
    mutationFn: () => berth.links.retry({ accountId: link.accountId, sessionId: link.sessionId }),
  });
  if (link.error === undefined && now - Date.parse(link.since) < quietMs) return null;
  const { kind, state, next, cause } = wordsOf(link, now);
  return (
    <p className={style.line} data-kind={kind} data-tip={cause ?? undefined}>
      <Icon name={kind === 'plain' ? 'info' : 'warning'} />
      <span className={`${style.text} numbers`}>
        {t('connection', { state })}
        {next !== null && ` · ${next}`}
      </span>
      {canTryNow(link) && (
        <Button variant="default" size="compact-sm" loading={retry.isPending} onClick={() => retry.mutate()}>
          {t('tryNow')}
        </Button>
      )}
    </p>
  );
}
