/**
 * The one line that the gateway adds to a service's pages: a script that closes the window when its session has ended.
 * Such a window has no bridge, and nothing else can close it. It asks, because a held connection would be one of the six
 * that a browser keeps to a host.
 */

export const windowScriptPath = '/.berth/window.js';
export const windowScriptTag = `<script src="${windowScriptPath}" async></script>`;

/** How often a window asks; a request of a few bytes on this computer. */
const askEveryMs = 2_000;
/** For this long an ended place still answers, so that throttled windows in the background hear of it too. */
export const rememberEndedMs = 120_000;
export const endedStatus = 410;
export const endedPath = '/.berth/ended';

export const windowScript = `'use strict';
(() => {
  if (window.top !== window) return;
  // A browser closes for a script only a window with one page in its history; another one says why it is empty.
  const end = () => {
    window.close();
    setTimeout(() => location.replace('${endedPath}'), 300);
  };
  const ask = () =>
    fetch('/.berth/state', { cache: 'no-store' }).then(
      (answer) => (answer.status === ${endedStatus} ? end() : setTimeout(ask, ${askEveryMs})),
      () => setTimeout(ask, ${askEveryMs}),
    );
  setTimeout(ask, ${askEveryMs});
})();
`;

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
