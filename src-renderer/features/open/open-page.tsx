/**
 * What an app window shows until it is on its way to the gateway: asks for the service's one-time address and goes
 * there, leaving no entry to go back to.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { berth } from '../../bridge.ts';
import { defineWords } from '../../i18n/words.ts';
import { useLinks } from '../../state/use-links.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { isGatewayAddress } from './address-policy.ts';
import style from './open-page.module.css';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

const useWords = defineWords('open', en, ko);

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly service: string;
}

export function OpenPage({ accountId, sessionId, service }: Props) {
  const t = useWords();
  const target = { accountId, sessionId };
  const open = useQuery({
    queryKey: ['apps.open', accountId, sessionId, service],
    queryFn: () => berth.apps.open({ ...target, service }),
    // The address is good for one use: never from the cache.
    gcTime: 0,
  });
  const tiles = useQuery({ queryKey: ['apps.list', accountId, sessionId], queryFn: () => berth.apps.list(target) });
  const link = useLinks().data?.find((it) => it.sessionId === sessionId && it.accountId === accountId);
  const title = tiles.data?.find((it) => it.service === service)?.title ?? (tiles.isPending ? '' : service);
  const url = open.data?.url;
  // SECURITY: a javascript: address would run as Berth (address-policy.test.ts).
  const allowed = url !== undefined && isGatewayAddress(url);

  useEffect(() => {
    document.title = [title, link?.sessionName].filter(Boolean).join(' · ') || 'Berth';
  }, [title, link]);
  useEffect(() => {
    if (url !== undefined && allowed) location.replace(url);
  }, [url, allowed]);

  const phase = () => {
    if (allowed) return t('ready');
    if (link?.state === 'waiting-for-network') return t('noNetwork');
    if (link?.state === 'signing-in') return t('signIn');
    if (link?.state !== 'connecting') return t('asking');
    return link.error ? t('lost') : t('connecting');
  };

  return (
    <main className={style.page}>
      <h1 className={style.title}>{title === '' ? t('heading.unnamed') : t('heading', { service: title })}</h1>
      {link && <p className={style.session}>{t('forSession', { session: link.sessionName })}</p>}
      {open.error && !open.isFetching ? (
        <ErrorNotice error={toErrorValue(open.error)} onRetry={() => void open.refetch()} />
      ) : url !== undefined && !allowed ? (
        <p role="alert">{t('refusedAddress')}</p>
      ) : (
        <Loading words={phase()} />
      )}
    </main>
  );
}
