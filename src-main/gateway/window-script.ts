/**
 * The one line that the gateway adds to a service's pages: a script that says when the session cannot be reached, and
 * closes the window when its session has ended. Such a window has no bridge, and nothing else can. It asks, because a
 * held connection would be one of the six that a browser keeps to a host.
 */
import { languageOf, type PageLanguage, pageTexts } from './page-texts.ts';

export const windowScriptPath = '/.berth/window.js';

export function windowScriptTag(acceptLanguage: string | undefined): string {
  return `<script src="${windowScriptPath}?${languageOf(acceptLanguage)}" async></script>`;
}

/** How often a window asks; a request of a few bytes on this computer. */
const askEveryMs = 2_000;
/** While there is something to tell. */
const askOftenMs = 1_000;
/** For this long an ended place still answers, so that throttled windows in the background hear of it too. */
export const rememberEndedMs = 120_000;
export const endedStatus = 410;
export const endedPath = '/.berth/ended';

/** Not in the page's own tree, whose style and scripts are the service's: a root of its own, styled from script as its CSP may demand. */
const script = (language: PageLanguage): string => `'use strict';
(() => {
  if (window.top !== window) return;
  const texts = ${JSON.stringify({ link: pageTexts[language].link, nextTry: pageTexts[language].nextTry, tryNow: pageTexts[language].tryNow })};
  let bar = null;
  const styled = (element, style) => Object.assign(element.style, style) && element;
  const make = () => {
    const host = styled(document.createElement('div'), { position: 'fixed', left: '0', right: '0', bottom: '0', zIndex: '2147483647' });
    host.dataset.berthStatus = '';
    const line = styled(document.createElement('div'), {
      display: 'flex', gap: '12px', alignItems: 'center', padding: '6px 12px', font: '13px/1.4 system-ui, sans-serif',
      color: '#1b1f24', background: '#fff8c5', borderTop: '1px solid #d4a72c',
    });
    const words = document.createElement('span');
    words.setAttribute('role', 'status');
    const next = styled(document.createElement('span'), { fontVariantNumeric: 'tabular-nums' });
    next.setAttribute('aria-hidden', 'true');
    const now = styled(document.createElement('button'), {
      font: 'inherit', color: 'inherit', background: 'transparent', border: '1px solid #9a6700', borderRadius: '4px',
      padding: '2px 10px', cursor: 'pointer', marginLeft: 'auto',
    });
    now.type = 'button';
    now.textContent = texts.tryNow;
    now.onclick = () => fetch('/.berth/retry', { method: 'POST' }).catch(() => undefined);
    line.append(words, next, now);
    host.attachShadow({ mode: 'open' }).append(line);
    return { host, words, next, now };
  };
  const show = (state) => {
    const text = texts.link[state.link.isLost ? 'lost' : state.link.state];
    if (text === undefined) {
      bar?.host.remove();
      bar = null;
      return;
    }
    bar ??= make();
    // Set only on change: a live region that is rewritten is read again.
    if (bar.words.textContent !== text) bar.words.textContent = text;
    const seconds = state.link.nextTrySeconds;
    bar.next.textContent = seconds === null ? '' : texts.nextTry.replace('{seconds}', seconds);
    bar.now.hidden = state.link.state === 'degraded' || state.link.state === 'signing-in';
    if (!bar.host.isConnected) document.documentElement.append(bar.host);
  };
  // A browser closes for a script only a window with one page in its history; another one says why it is empty.
  const end = () => {
    window.close();
    setTimeout(() => location.replace('${endedPath}'), 300);
  };
  const ask = async () => {
    try {
      const answer = await fetch('/.berth/state', { cache: 'no-store' });
      if (answer.status === ${endedStatus}) return end();
      if (answer.ok) show(await answer.json());
    } catch {
      // Berth is gone, or will answer the next time.
    }
    setTimeout(ask, bar ? ${askOftenMs} : ${askEveryMs});
  };
  setTimeout(ask, ${askEveryMs});
})();
`;

export const windowScripts: Readonly<Record<PageLanguage, string>> = { en: script('en'), ko: script('ko') };

const endedText = (language: string, heading: string, text: string) =>
  `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">` +
  `<title>${heading}</title></head><body><main><h1>${heading}</h1><p>${text}</p></main></body></html>`;

export const endedPages = {
  en: endedText('en', 'This session has ended', 'Its windows can be closed. Files in mounted folders are still there.'),
  ko: endedText('ko', '세션이 종료되었습니다', '이 창은 닫아도 됩니다. 마운트한 폴더의 파일은 그대로 있습니다.'),
} as const;

/** True for an answer that is a whole page in the open, to which the line can be added as it streams by. */
export function takesWindowScript(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): boolean {
  const type = String(headers['content-type'] ?? '').toLowerCase();
  return status === 200 && type.startsWith('text/html') && headers['content-encoding'] === undefined;
}
