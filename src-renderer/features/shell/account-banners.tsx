/** What the account's state asks of the person, and, once, that secrets are kept in memory only. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { berth } from '../../bridge.ts';
import type { SignedIn } from '../../state/use-sites.ts';
import { Banner } from '../../ui/banner.tsx';
import { useShellWords } from './words.ts';

const toldKey = 'berth.told-memory-only';

export function AccountBanners({ current, onSignIn }: { readonly current: SignedIn; readonly onSignIn: () => void }) {
  const t = useShellWords();
  const { site, account } = current;
  const reconnect = useMutation({ mutationFn: () => berth.sites.reconnect({ accountId: account.id }) });
  if (account.state === 'signed-out') {
    return (
      <Banner kind="warning" action={{ label: t('signInAgain'), onClick: onSignIn }}>
        {t('signedOut', { site: site.name })}
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
  return <MemoryOnlyBanner />;
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
