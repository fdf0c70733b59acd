/** Providers and the three places a window of Berth's own can be: main window, terminal, start of an app window. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import style from './app.module.css';
import { berth, tellOpened } from './bridge.ts';
import { textOn } from './colour.ts';
import { DoctorPlace } from './features/doctor/doctor-place.tsx';
import { OpenPage } from './features/open/open-page.tsx';
import { startWords } from './i18n/language.ts';
import { WordsProvider } from './i18n/words.ts';
import { MainWindow } from './main-window.tsx';
import { useCurrentAccount } from './state/current-account.ts';
import { queryClient } from './state/query.ts';
import { useConnection } from './state/use-connection.ts';
import { useSettings } from './state/use-settings.ts';
import { accountOf, useSites } from './state/use-sites.ts';
import { neutralAccent, siteTheme, surfaceVariables } from './theme.ts';
import { Banner } from './ui/banner.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { Loading } from './ui/loading.tsx';
import { TipLayer } from './ui/tip-layer.tsx';
import { useUiWords } from './ui/words.ts';

const TerminalPlace = lazy(() =>
  import('./features/terminal/terminal-place.tsx').then((it) => ({ default: it.TerminalPlace })),
);

type Route =
  | { readonly at: 'main' }
  | { readonly at: 'terminal'; readonly accountId: string; readonly sessionId: string }
  | { readonly at: 'open'; readonly accountId: string; readonly sessionId: string; readonly service: string };

function readRoute(): Route {
  const query = new URLSearchParams(location.search);
  const accountId = query.get('account') ?? '';
  const sessionId = query.get('session') ?? '';
  if (location.pathname === '/terminal') return { at: 'terminal', accountId, sessionId };
  if (location.pathname === '/open') return { at: 'open', accountId, sessionId, service: query.get('service') ?? '' };
  return { at: 'main' };
}

const route = readRoute();

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <WordsProvider>
        <Ground>
          <ErrorBoundary>
            <ConnectionBanner />
            <div className={style.place}>
              <Suspense fallback={<Loading />}>
                <Window />
              </Suspense>
            </div>
          </ErrorBoundary>
          <TipLayer />
        </Ground>
      </WordsProvider>
    </QueryClientProvider>
  );
}

function Window() {
  useCloseWithSession();
  if (route.at === 'terminal') return <TerminalPlace accountId={route.accountId} sessionId={route.sessionId} />;
  if (route.at === 'open') {
    return <OpenPage accountId={route.accountId} sessionId={route.sessionId} service={route.service} />;
  }
  return (
    <>
      <MainWindow />
      <DoctorPlace />
    </>
  );
}

/** Theme, language, density and the site's colour, from settings and from the account this window belongs to. */
function Ground({ children }: { readonly children: ReactNode }) {
  const { values } = useSettings();
  const sites = useSites();
  const current = useCurrentAccount();
  const accountId = route.at === 'main' ? current.accountId : route.accountId;
  const siteColour = accountOf(sites.data, accountId)?.site.colour;
  const colour = siteColour ?? neutralAccent;
  const theme = useMemo(() => siteTheme(colour), [colour]);

  useEffect(() => startWords(values.language), [values.language]);
  useEffect(() => {
    const { style } = document.documentElement;
    style.setProperty('--site', colour);
    style.setProperty('--edge', siteColour ?? 'transparent');
    style.setProperty('--on-site', textOn(colour));
    style.setProperty('--row-height', values.density === 'compact' ? '32px' : '40px');
  }, [colour, siteColour, values.density]);

  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={surfaceVariables}
      defaultColorScheme="auto"
      {...(values.theme === 'system' ? {} : { forceColorScheme: values.theme })}
    >
      {children}
    </MantineProvider>
  );
}

/** So long after a loss, Berth was rather closed than busy; started again, it has another address. */
const longLostMs = 30_000;

function LostBanner() {
  const t = useUiWords();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), longLostMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Banner kind="warning">
      {t('connectionLost')} {long && t('connectionLost.long')}
    </Banner>
  );
}

function ConnectionBanner() {
  const state = useConnection();
  const t = useUiWords();
  if (state === 'lost') return <LostBanner />;
  if (state === 'other-version') {
    return (
      <Banner kind="warning" action={{ label: t('reload'), onClick: () => location.reload() }}>
        {t('otherVersion')}
      </Banner>
    );
  }
  return null;
}

/** A window of a session closes when the session ends or its account is signed out. */
function useCloseWithSession(): void {
  useEffect(() => {
    if (route.at === 'main') return;
    tellOpened(route);
    return berth.windows.onClosing((it) => {
      if (it.accountId !== route.accountId) return;
      if (it.sessionId === null || it.sessionId === route.sessionId) window.close();
    });
  }, []);
}
