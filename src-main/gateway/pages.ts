/** The gateway's own pages: entry and waiting (one static document), and refusals. No data is ever put into their text. */

import { type PageLanguage, pageTexts } from './page-texts.ts';

export const pageCss = `:root{color-scheme:light dark;--edge:transparent;--text:#1b1f24;--dim:#59636e;--line:#d1d9e0;--back:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--dim:#9198a1;--line:#3d444d;--back:#15181c}}
@media (prefers-contrast:more){:root{--dim:var(--text);--line:var(--text)}}
*{box-sizing:border-box}
html{height:100%;background:var(--back);color:var(--text);font:14px/1.4 system-ui,sans-serif}
body{margin:0;min-height:100%;border:2px solid var(--edge);display:grid;place-items:center;padding:24px}
main{width:min(480px,100%)}
h1{font-size:20px;line-height:1.3;font-weight:600;margin:0 0 4px}
#session{color:var(--dim);margin:0 0 16px;min-height:20px}
#line{display:flex;gap:8px;align-items:baseline;min-height:20px}
#status{margin:0}
#seconds{color:var(--dim);font-variant-numeric:tabular-nums}
#next{margin:0;color:var(--dim);min-height:20px;font-variant-numeric:tabular-nums}
#bar{height:2px;margin:12px 0 4px;background:var(--line);overflow:hidden}
#bar i{display:block;width:30%;height:100%;background:var(--dim);animation:slide 1.4s ease-in-out infinite}
#bar[hidden]{display:none}
@keyframes slide{from{transform:translateX(-100%)}to{transform:translateX(340%)}}
@media (prefers-reduced-motion:reduce){#bar i{animation:none;width:100%}}
button{font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:4px;padding:4px 12px;min-height:28px;cursor:pointer;margin:12px 8px 0 0}
button:focus-visible{outline:2px solid Highlight;outline-offset:2px}
#log{margin:16px 0 0;padding:12px;border:1px solid var(--line);border-radius:4px;max-height:40vh;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;font:12px/1.5 ui-monospace,monospace}
`;

const script = (texts: string): string => `'use strict';
const texts = ${texts};
const $ = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (all, name) => values[name] ?? all);
let logShown = false;
let last = null;
let wasDown = 0;

function show(state) {
  last = state;
  const values = { title: state.title, code: state.code ?? '', port: state.port };
  document.title = state.session ? state.title + ' · ' + state.session : state.title;
  document.documentElement.style.setProperty('--edge', state.colour);
  $('title').textContent = state.title;
  $('session').textContent = [state.session, state.site].filter(Boolean).join(' · ');
  const failed = state.phase === 'failed';
  const words = texts.link[state.link.isLost ? 'lost' : state.link.state] ?? texts[state.phase];
  say(fill(failed ? (texts.failed[state.code] ?? texts.failed.other) : words, values));
  $('seconds').textContent = !failed && state.seconds >= 3 ? fill(texts.seconds, { seconds: state.seconds }) : '';
  const next = failed ? null : state.link.nextTrySeconds;
  $('next').textContent = next === null ? '' : fill(texts.nextTry, { seconds: next });
  $('bar').hidden = failed;
  $('retry').hidden = !failed && next === null;
  $('retry').textContent = failed ? texts.retry : texts.tryNow;
  $('show').hidden = false;
  if (logShown) $('log').textContent = state.log.map((line) =>
    String(line.seconds).padStart(4) + ' s  ' + fill(texts.steps[line.step] ?? line.step, values) +
    (line.detail ? ': ' + line.detail : '')).join('\\n') || texts.emptyLog;
}

function say(text) {
  // Set only on change: a live region that is rewritten is read again.
  if ($('status').textContent !== text) $('status').textContent = text;
}

function stop(text) {
  say(text);
  $('bar').hidden = true;
  $('seconds').textContent = '';
  $('next').textContent = '';
  $('retry').hidden = true;
}

$('show').textContent = texts.showLog;
$('show').onclick = () => {
  logShown = !logShown;
  $('log').hidden = !logShown;
  $('show').textContent = logShown ? texts.hideLog : texts.showLog;
  $('show').setAttribute('aria-expanded', String(logShown));
  if (last) show(last);
};
$('retry').onclick = async () => {
  await fetch('/.berth/retry', { method: 'POST' }).catch(() => undefined);
  poll();
};

async function poll() {
  let answer;
  try {
    answer = await fetch('/.berth/state', { cache: 'no-store' });
  } catch {
    wasDown += 1;
    if (wasDown > 3) say(texts.noBerth);
    setTimeout(poll, 1000);
    return;
  }
  wasDown = 0;
  if (!answer.ok) return stop(texts.noEntry);
  const state = await answer.json();
  show(state);
  if (state.phase === 'ready') {
    // Shown in place of a page of the service: that page; shown at the entry: where the service begins.
    if (location.pathname.startsWith('/.berth/')) location.replace(state.path);
    else location.reload();
    return;
  }
  if (state.phase !== 'failed') setTimeout(poll, 400);
}

async function enter() {
  const token = location.hash.slice(1);
  if (location.pathname !== '/.berth/enter' || token === '') return poll();
  // Out of the address bar and the history before anything else.
  history.replaceState(null, '', '/.berth/enter');
  say(texts.entering);
  const answer = await fetch('/.berth/enter', { method: 'POST', body: token }).catch(() => null);
  if (answer?.ok) poll();
  else stop(answer ? texts.noEntry : texts.noBerth);
}

enter();
`;

export const pageScripts: Readonly<Record<PageLanguage, string>> = {
  en: script(JSON.stringify(pageTexts.en)),
  ko: script(JSON.stringify(pageTexts.ko)),
};

function documentText(language: PageLanguage): string {
  const texts = pageTexts[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Berth</title>
<link rel="stylesheet" href="/.berth/page.css">
<script src="/.berth/page.js?${language}" defer></script>
</head>
<body>
<main>
<h1 id="title">Berth</h1>
<p id="session"></p>
<div id="line"><p id="status" role="status">${texts.entering}</p><span id="seconds" aria-hidden="true"></span></div>
<p id="next" aria-hidden="true"></p>
<div id="bar" aria-hidden="true"><i></i></div>
<button id="retry" type="button" hidden>${texts.retry}</button><button id="show" type="button" aria-expanded="false" aria-controls="log" hidden>${texts.showLog}</button>
<pre id="log" tabindex="0" aria-label="Log" hidden></pre>
</main>
</body>
</html>
`;
}

export const waitingPages: Readonly<Record<PageLanguage, string>> = { en: documentText('en'), ko: documentText('ko') };

function refusalText(language: PageLanguage): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>Berth</title><link rel="stylesheet" href="/.berth/page.css"></head>
<body><main><h1>Berth</h1><p>${pageTexts[language].noEntry}</p></main></body></html>
`;
}

export const refusalPages: Readonly<Record<PageLanguage, string>> = { en: refusalText('en'), ko: refusalText('ko') };

/**
 * Headers of every page of ours.
 * @param origin of the virtual host: script and style come from these two paths and nowhere else
 */
export function ownHeaders(origin: string, type: string): Record<string, string> {
  return {
    'Content-Type': type,
    // SECURITY: 'its own pages are locked down' in gateway.itest.ts.
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src ${origin}/.berth/page.js`,
      `style-src ${origin}/.berth/page.css`,
      `connect-src ${origin}/.berth/`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}
