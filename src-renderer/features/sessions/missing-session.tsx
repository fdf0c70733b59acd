/**
 * The panel when it has no session to show. One that never was, one that is forgotten and one that may not be seen are told in
 * the same words, whatever the site said (web client parity P-DETAIL-01); any other trouble in its own.
 */
import { Button } from '@mantine/core';
import type { ErrorCode } from '../../../src-preload/contract/errors.ts';
import { chooseAccount } from '../../state/current-account.ts';
import { useSites } from '../../state/use-sites.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './detail-panel.module.css';
import { useWords } from './words.ts';

/** Managers answer nothing, a 404 or a refusal of the query, by version and by whose session it is. */
const unseen: ReadonlySet<ErrorCode> = new Set(['session-gone', 'not-found', 'forbidden', 'refused-by-site']);

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function MissingSession({ accountId, sessionId, error, onRetry }: Props) {
  const t = useWords();
  const site = useSites().data?.find(({ accounts }) => accounts.some(({ id }) => id === accountId));
  if (error !== null && error !== undefined && !unseen.has(toErrorValue(error).code)) {
    return (
      <div className={style.missing}>
        <ErrorNotice error={toErrorValue(error)} onRetry={onRetry} />
      </div>
    );
  }
  const others = (site?.accounts ?? []).filter(({ id }) => id !== accountId);
  return (
    <div role="alert" className={style.missing}>
      <h2 className={style.name}>{t('missing.title')}</h2>
      <p>{t('missing.why', { site: site?.name ?? '' })}</p>
      <p>{t('missing.next')}</p>
      <p className={style.missingId}>
        <span className="mono">{sessionId}</span>
        <CopyButton text={sessionId} label={t('panel.copyId')} />
      </p>
      {others.map(({ id, label }) => (
        <Button
          key={id}
          variant="default"
          size="compact-sm"
          onClick={() => chooseAccount(id, { section: 'sessions', open: { accountId: id, id: sessionId } })}
        >
          {t('missing.lookAs', { label })}
        </Button>
      ))}
    </div>
  );
}
