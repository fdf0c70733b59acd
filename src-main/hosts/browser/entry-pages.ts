/**
 * The few pages that exist without a cookie: the one that exchanges the token of `/enter#token`, and the one that says
 * what to do when there is nothing to exchange. Static text; nothing of a request is ever put into them.
 */

const style = `body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;color:#1c2733;background:#f5f7f9}
main{max-width:30rem;padding:2rem}h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:.5rem 0}code{background:#e4e9ee;padding:.1em .3em;border-radius:4px}
[hidden]{display:none}@media (prefers-color-scheme:dark){body{color:#dde5ec;background:#12181f}code{background:#26313c}}`;

function page(body: string, script: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>Berth</title><style>${style}</style></head>
<body><main>${body}</main>${script}</body></html>
`;
}

const howTo = `<section lang="en"><h1>Open Berth from where you started it</h1>
<p>This address does not let anyone in by itself. Each address that Berth gives out works once.</p>
<p>Run <code>npm start</code> again: Berth keeps running and opens with a fresh address.</p></section>
<section lang="ko"><h1>Berth를 시작한 곳에서 다시 열어 주세요</h1>
<p>이 주소만으로는 들어갈 수 없습니다. Berth가 내주는 주소는 한 번만 쓸 수 있습니다.</p>
<p><code>npm start</code>를 다시 실행하면 실행 중인 Berth가 새 주소로 열립니다.</p></section>`;

/** Answer to a navigation without the cookie. */
export const refusedPage = page(howTo, '');

/** `/enter`: shows nothing but a waiting line unless the exchange fails. */
export const enterPage = page(
  `<p id="waiting" role="status">Opening Berth… <span lang="ko">Berth를 여는 중…</span></p><div id="refused" hidden>${howTo}</div>
<div id="broken" hidden><section lang="en"><h1>Berth does not answer</h1><p>It may have ended. Start it again with <code>npm start</code>.</p></section>
<section lang="ko"><h1>Berth가 응답하지 않습니다</h1><p>종료되었을 수 있습니다. <code>npm start</code>로 다시 시작해 주세요.</p></section></div>`,
  '<script src="/enter.js"></script>',
);

/**
 * `/enter.js`. The token stands behind `#`, so it was in no request and no Referer; `replace` takes it out of the history.
 * The page navigates itself because a Strict cookie does not travel along a redirect that began on another site.
 */
export const enterScript = `'use strict';
const show = (id) => {
  document.getElementById('waiting').hidden = true;
  document.getElementById(id).hidden = false;
};
// A fresh address pasted over this one changes nothing but what stands behind the #.
addEventListener('hashchange', () => location.reload());
const token = location.hash.slice(1);
history.replaceState(null, '', '/enter');
fetch('/enter', { method: 'POST', body: token, redirect: 'error' }).then(
  (answer) => (answer.ok ? location.replace('/') : show('refused')),
  () => show('broken'),
);
`;
