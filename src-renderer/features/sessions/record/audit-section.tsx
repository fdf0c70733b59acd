/** What was asked of a session, where the site tells it (web client parity P-DETAIL-07); absent where it does not. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ErrorCode } from '../../../../src-preload/contract/errors.ts';
import { berth } from '../../../bridge.ts';
import { useSessionRules } from '../../../state/use-session-rules.ts';
import { accountOf, useSites } from '../../../state/use-sites.ts';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { Loading } from '../../../ui/loading.tsx';
import { Section } from '../panel-section.tsx';
import { AuditList } from './audit-list.tsx';
import { Pager } from './pager.tsx';
import style from './record.module.css';
import { useRecordWords } from './record-words.ts';

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
}

const onPage = 10;
/** A site's roles keep it from this account, or from this session. */
const refusals: ReadonlySet<ErrorCode> = new Set(['refused-by-site', 'forbidden', 'unsupported', 'not-found']);

export function AuditSection({ accountId, sessionId }: Props) {
  const t = useRecordWords();
  const rules = useSessionRules(accountId);
  if (rules?.audit !== true) return null;
  return (
    <Section name="audit" title={t('audit.title')} closed>
      <Pages accountId={accountId} sessionId={sessionId} />
    </Section>
  );
}

function Pages({ accountId, sessionId }: Props) {
  const t = useRecordWords();
  const own = accountOf(useSites().data, accountId)?.account.email;
  const [page, setPage] = useState(0);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['sessions.audit', accountId, sessionId, page],
    queryFn: ({ signal }) =>
      berth.sessions.audit({ accountId, sessionId, offset: page * onPage, limit: onPage }, { signal }),
    placeholderData: keepPreviousData,
  });
  if (error) {
    const value = toErrorValue(error);
    if (refusals.has(value.code)) return <p className={style.note}>{t('audit.refused')}</p>;
    return <ErrorNotice error={value} onRetry={() => void refetch()} busy={isFetching} />;
  }
  if (data === undefined) return <Loading />;
  if (data.total === 0) return <p className={style.note}>{t('audit.none')}</p>;
  return (
    <>
      <AuditList entries={data.entries} own={own} />
      <Pager page={page} size={onPage} total={data.total} onPage={setPage} />
    </>
  );
}
