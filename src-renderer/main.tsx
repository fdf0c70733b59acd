/** Entry of every window of Berth's own: main window, terminal, and the page that an app window begins on. */
import './zod-setup.ts';
import './ui/mantine-styles.ts';
import './global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { berth } from './bridge.ts';
import { startWords } from './i18n/language.ts';
import { readCachedSettings } from './state/settings-cache.ts';

function report(error: unknown): void {
  const it = error instanceof Error ? error : new Error(String(error));
  const stack = it.stack?.slice(0, 16_384);
  // The log is the only reader; when even that cannot be reached there is nobody left to tell.
  berth.app.reportProblem({ message: it.message.slice(0, 4096), ...(stack ? { stack } : {}) }).catch(() => {});
}

addEventListener('error', (event) => report(event.error ?? event.message));
addEventListener('unhandledrejection', (event) => report(event.reason));

startWords(readCachedSettings().language);

const root = document.getElementById('root');
if (root) {
  createRoot(root, { onUncaughtError: report, onCaughtError: report }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
