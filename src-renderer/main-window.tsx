/** Composition of the main window: first window without an account, else navigation and the chosen page. */
import { useCallback, useEffect, useState } from 'react';
import { NoticeBanners } from './features/notices/notice-banners.tsx';
import { SessionDialogs, SessionsPage } from './features/sessions/sessions-page.tsx';
import { AccountBanners } from './features/shell/account-banners.tsx';
import { ConnectionDialog } from './features/shell/connection-form.tsx';
import { HostKeyDialog, HostKeyGuard } from './features/shell/host-key-dialog.tsx';
import { Navigation } from './features/shell/navigation.tsx';
import { OwnKeyDialog, OwnKeyGuard } from './features/shell/own-key-dialog.tsx';
import style from './features/shell/shell.module.css';
import { SiteDialog } from './features/shell/site-dialog.tsx';
import { useShellWords } from './features/shell/words.ts';
import { FirstWindow } from './features/sign-in/first-window.tsx';
import { SignInDialog } from './features/sign-in/sign-in-dialog.tsx';
import { chooseAccount, useCurrentAccount } from './state/current-account.ts';
import { useLaunchRequests } from './state/use-launch-requests.ts';
import { useOpenings } from './state/use-openings.ts';
import { goTo, usePlace } from './state/use-section.ts';
import { useSessionLinks } from './state/use-session-links.ts';
import { accountOf, useSites } from './state/use-sites.ts';
import { Banner } from './ui/banner.tsx';
import { DialogNotice } from './ui/dialog.tsx';
import { ErrorNotice } from './ui/error-notice.tsx';
import { toErrorValue } from './ui/errors/sentences.ts';
import { lazyPart } from './ui/lazy-part.tsx';
import { Loading } from './ui/loading.tsx';

const StartDialog = lazyPart(() => import('./features/start/start-dialog.tsx').then((it) => it.StartDialog));
const FoldersPage = lazyPart(() => import('./features/folders/folders-page.tsx').then((it) => it.FoldersPage));
const PortsPage = lazyPart(() => import('./features/ports/ports-page.tsx').then((it) => it.PortsPage));
const SettingsPage = lazyPart(() => import('./features/settings/settings-page.tsx').then((it) => it.SettingsPage));
const TerminateDialog = lazyPart(() =>
  import('./features/terminate/terminate-dialog.tsx').then((it) => it.TerminateDialog),
);
const LogDialog = lazyPart(() => import('./features/logs/log-dialog.tsx').then((it) => it.LogDialog));
const LogTail = lazyPart(() => import('./features/logs/log-tail.tsx').then((it) => it.LogTail));
const TransfersPage = lazyPart(() => import('./features/transfers/transfers-page.tsx').then((it) => it.TransfersPage));

/** What a person is likely to want next, fetched once the list stands: a click then waits for nothing. */
function useFetchedAhead(ready: boolean): void {
  useEffect(() => {
    if (!ready) return;
    const idle = requestIdleCallback(() => {
      for (const part of [
        SessionDialogs,
        TerminateDialog,
        LogDialog,
        StartDialog,
        FoldersPage,
        PortsPage,
        SettingsPage,
        TransfersPage,
      ])
        part.preload();
    });
    return () => cancelIdleCallback(idle);
  }, [ready]);
}

export function MainWindow() {
  const t = useShellWords();
  const sites = useSites();
  const { current } = useCurrentAccount();
  const place = usePlace();
  const { section } = place;
  /** The dialog over the page: sign-in to `another` account or `again` to this one, or settings of this site. */
  const [over, setOver] = useState<'another' | 'again' | 'site' | 'connection' | null>(null);

  const requests = useLaunchRequests();
  const openings = useOpenings();
  const { recipe } = requests;
  useEffect(() => {
    if (recipe !== null) goTo({ section: 'sessions', open: null });
  }, [recipe]);

  useFetchedAhead(current !== undefined && current !== null);

  const showSession = useCallback((accountId: string, sessionId: string) => {
    chooseAccount(accountId, { section: 'sessions', open: { accountId, id: sessionId } });
  }, []);
  const links = useSessionLinks(showSession);

  // *Back* and *forward* may lead to what was open of another account.
  const elsewhere = place.open !== null && place.open.accountId !== current?.account.id ? place.open.accountId : null;
  const isKnown = elsewhere !== null && accountOf(sites.data, elsewhere) !== undefined;
  useEffect(() => {
    if (elsewhere !== null && isKnown) chooseAccount(elsewhere, place);
  }, [elsewhere, isKnown, place]);

  const siteName = current?.site.name;
  useEffect(() => {
    document.title = siteName ? `Berth · ${siteName}` : 'Berth';
  }, [siteName]);

  if (sites.isPending) return <Loading words={t('connecting')} />;
  if (sites.error && !sites.data) {
    return (
      <div style={{ maxWidth: 560, margin: '72px auto' }}>
        <ErrorNotice error={toErrorValue(sites.error)} onRetry={() => void sites.refetch()} />
      </div>
    );
  }
  const renderConnection = (endpoint: string, onClose: () => void) => (
    <ConnectionDialog endpoint={endpoint} onClose={onClose} />
  );
  const signedIn = (accountId: string) => {
    if (over !== 'again') {
      chooseAccount(accountId);
    }
    setOver(null);
    void sites.refetch();
  };
  const linkBanner = links.waitsFor !== null && (
    <Banner kind="warning" action={{ label: t('hide'), onClick: links.forget }}>
      {t('linkElsewhere', { site: links.waitsFor })}
    </Banner>
  );
  if (!current) {
    return (
      <div className={style.first}>
        {linkBanner}
        <FirstWindow sites={sites.data ?? []} onSignedIn={signedIn} renderConnection={renderConnection} />
      </div>
    );
  }
  const { site, account } = current;
  const again = {
    endpoint: site.endpoint,
    mode: account.mode,
    accessKey: account.accessKey,
    email: account.email ?? '',
  };
  const accountId = current.account.id;
  const banners = (
    <AccountBanners current={current} onSignIn={() => setOver('again')} onConnection={() => setOver('connection')} />
  );
  return (
    <div className={style.window}>
      <Navigation
        accountId={accountId}
        section={section}
        onAddAccount={() => setOver('another')}
        onSite={() => setOver('site')}
      />
      <DialogNotice value={account.state === 'signed-out' ? banners : null}>
        <main className={style.page} key={accountId}>
          <NoticeBanners onShow={showSession} />
          {banners}
          {linkBanner}
          {openings.waiting.map((it) => (
            <Banner
              key={`${it.sessionId} ${it.opens.kind}`}
              kind="info"
              action={{ label: t('openNow'), onClick: () => openings.openNow(it) }}
            >
              {t('runsNow', { name: it.sessionName })}
            </Banner>
          ))}
          {requests.error !== null && (
            <ErrorNotice error={toErrorValue(requests.error)} onRetry={requests.forget} retryLabel={t('hide')} />
          )}
          {section === 'sessions' && (
            <SessionsPage
              accountId={accountId}
              siteName={current.site.name}
              recipe={recipe}
              onLaunchAgain={requests.again}
              onLink={links.open}
              renderStart={(props) => (
                <StartDialog accountId={accountId} recipe={recipe} onRecipeTaken={requests.taken} {...props} />
              )}
              renderLog={(props) => <LogDialog accountId={accountId} {...props} />}
              renderLogTail={(session) => <LogTail accountId={accountId} sessionId={session.id} />}
              renderTerminate={(props) => <TerminateDialog accountId={accountId} {...props} />}
            />
          )}
          {section === 'folders' && <FoldersPage accountId={accountId} />}
          {section === 'transfers' && <TransfersPage />}
          {section === 'ports' && (
            <PortsPage
              accountId={accountId}
              renderDecision={(link, onClose) =>
                link.error?.code === 'host-key-changed' ? (
                  <HostKeyDialog link={link} onClose={onClose} />
                ) : (
                  <OwnKeyDialog link={link} onClose={onClose} />
                )
              }
            />
          )}
          {section === 'settings' && <SettingsPage />}
        </main>
      </DialogNotice>
      <HostKeyGuard />
      <OwnKeyGuard />
      {(over === 'another' || over === 'again') && (
        <SignInDialog
          sites={sites.data ?? []}
          again={over === 'again' ? again : undefined}
          onSignedIn={signedIn}
          onCancel={() => setOver(null)}
          renderConnection={renderConnection}
        />
      )}
      {over === 'site' && <SiteDialog site={site} onClose={() => setOver(null)} />}
      {over === 'connection' && <ConnectionDialog endpoint={site.endpoint} onClose={() => setOver(null)} />}
    </div>
  );
}
