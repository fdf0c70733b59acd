/** What the account's state asks of the person, and, once, that secrets are kept in memory only. One bar an account. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { berth } from '../../bridge.ts';
import type { SignedIn } from '../../state/use-sites.ts';
import { Banner } from '../../ui/banner.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { clockTime } from '../../ui/format.ts';
import { useNow } from '../../ui/use-now.ts';
import style from './shell.module.css';
import { useShellWords } from './words.ts';

const toldKey = 'berth.told-memory-only';
/** An end that is nearer than this is worth a word. */
const warnMs = 10 * 60_000;

interface Props {
  readonly current: SignedIn;
  readonly onSignIn: () => void;
  readonly onConnection: () => void;
}

export function AccountBanners(props: Props) {
  return (
    <div className={style.banners}>
      <AccountBanner {...props} />
    </div>
  );
}

function AccountBanner({ current, onSignIn, onConnection }: Props) {
  const t = useShellWords();
  const sentences = useErrorSentences();
  const { site, account } = current;
  const { error } = account;
  const reconnect = useMutation({ mutationFn: () => berth.sites.reconnect({ accountId: account.id }) });
  if (account.state === 'signed-out') {
    const why =
      error?.code === 'unauthorised' ? (error.params.reason === 'expired' ? 'expired' : 'keyRefused') : 'signedOut';
    return (
      <Banner kind="warning" action={{ label: t('signInAgain'), onClick: onSignIn }}>
        {t(why, { site: site.name })}
      </Banner>
    );
  }
  if (account.state === 'locked') {
    return (
      <Banner
        kind="warning"
        action={{ label: t('tryAgain'), onClick: () => reconnect.mutate(), busy: reconnect.isPending }}
      >
        {t('locked', { site: site.name })}
      </Banner>
    );
  }
  if (error && (error.code === 'certificate-changed' || error.code === 'tls' || error.code === 'proxy')) {
    return (
      <Banner kind="warning" action={{ label: t('connectionSettings'), onClick: onConnection }}>
        {sentences(error).what}
      </Banner>
    );
  }
  if (account.state === 'signed-in' && account.endsAt !== null) {
    return <EndBanner current={current} endsAt={account.endsAt} onSignIn={onSignIn} />;
  }
  return <MemoryOnlyBanner />;
}

function EndBanner({
  current,
  endsAt,
  onSignIn,
}: {
  readonly current: SignedIn;
  readonly endsAt: string;
  readonly onSignIn: () => void;
}) {
  const t = useShellWords();
  const now = useNow('slow');
  const { site, account } = current;
  const extend = useMutation({ mutationFn: () => berth.sites.extend({ accountId: account.id }) });
  if (Date.parse(endsAt) - now > warnMs) return <MemoryOnlyBanner />;
  const action =
    account.canExtend && !extend.error
      ? { label: t('staySignedIn'), onClick: () => extend.mutate(), busy: extend.isPending }
      : { label: t('signInAgain'), onClick: onSignIn };
  return (
    <Banner kind="info" action={action}>
      {t('endsSoon', { site: site.name, time: clockTime(endsAt) })}
    </Banner>
  );
}

function MemoryOnlyBanner() {
  const t = useShellWords();
  const info = useQuery({ queryKey: ['app.info'], queryFn: () => berth.app.info() });
  const [told, setTold] = useState(() => localStorage.getItem(toldKey) !== null);
  const secrets = info.data?.secrets;
  if (told || secrets?.kind !== 'memory' || secrets.chosen) return null;
  const understood = () => {
    localStorage.setItem(toldKey, 'yes');
    setTold(true);
  };
  return (
    <Banner kind="info" action={{ label: t('understood'), onClick: understood }}>
      {t('memoryOnly')}
    </Banner>
  );
}
