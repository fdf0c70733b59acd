/** A list of more than 10,000 sessions: first rows, scrolling, a keystroke in the find box, sorting, and thousands of rows that change. */
import { chromium, type Page } from '@playwright/test';
import { removeFolder, scratchFolder, startBrowserHost, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { launchOptions } from './chromium.ts';
import { atMost, type Figure, median } from './figure.ts';
import { longestTask } from './trace.ts';

const runs = 5;
/** A third of them run, and tell other amounts each time; more than 10,000 are finished. */
const madeUp = 16_000;

/** Milliseconds from a click to the frame in which the table of that tab has rows. */
function switchTab(page: Page, name: string): Promise<number> {
  return page.evaluate(async (label) => {
    const tab = [...document.querySelectorAll<HTMLElement>('[role=tab]')].find((it) =>
      it.textContent?.trim().startsWith(label),
    );
    const startedAt = performance.now();
    tab?.click();
    for (;;) {
      await new Promise((done) => requestAnimationFrame(done));
      const rows = document.querySelectorAll('[role=table] [role=rowheader]').length;
      if (tab?.getAttribute('aria-selected') === 'true' && rows > 5) return performance.now() - startedAt;
      if (performance.now() - startedAt > 20_000) throw new Error('no rows');
    }
  }, name);
}

/** Scrolls 200 px a frame (300 rows a second) for 120 frames; answers the times between frames, in milliseconds. */
function scrollFrames(page: Page, selector: string): Promise<number[]> {
  return page.evaluate(async (query) => {
    const all = [...document.querySelectorAll<HTMLElement>(query)];
    const box = all.find((it) => it.scrollHeight > it.clientHeight + 1000);
    if (!box) throw new Error(`nothing to scroll: ${document.body.innerText.slice(0, 900)}`);
    const gaps: number[] = [];
    let last = await new Promise<number>((done) => requestAnimationFrame(done));
    for (let frame = 0; frame < 120; frame++) {
      box.scrollTop += 200;
      const now = await new Promise<number>((done) => requestAnimationFrame(done));
      gaps.push(now - last);
      last = now;
    }
    box.scrollTop = 0;
    return gaps;
  }, selector);
}

/** Milliseconds from an input event to the second frame after it. */
function keystroke(page: Page, text: string): Promise<number> {
  return page.evaluate(async (value) => {
    const input = document.querySelector<HTMLInputElement>('input[aria-label="Find"]');
    if (!input) throw new Error('no find box');
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    const startedAt = performance.now();
    setter?.call(input, value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - startedAt;
  }, text);
}

/** Milliseconds from a click on a column's header to the frame in which other rows stand in view. */
function sortClick(page: Page, column: string): Promise<number> {
  return page.evaluate(async (label) => {
    const button = document.querySelector<HTMLElement>(`[role=columnheader][aria-label="${label}"] button`);
    const rows = () =>
      [...document.querySelectorAll('[role=rowheader]')]
        .slice(0, 5)
        .map((it) => it.textContent)
        .join();
    const before = rows();
    const startedAt = performance.now();
    button?.click();
    for (;;) {
      await new Promise((done) => requestAnimationFrame(done));
      if (rows() !== before) return performance.now() - startedAt;
      if (performance.now() - startedAt > 10_000) throw new Error('not sorted');
    }
  }, column);
}

/** Times between frames, in milliseconds, until the amounts in view have changed twice. */
function framesWhileChanging(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const amounts = () => [...document.querySelectorAll('[role=row] [role=cell]')].map((it) => it.textContent).join();
    const gaps: number[] = [];
    let changes = 0;
    let seen = amounts();
    let last = await new Promise<number>((done) => requestAnimationFrame(done));
    const startedAt = last;
    while (changes < 2) {
      const now = await new Promise<number>((done) => requestAnimationFrame(done));
      gaps.push(now - last);
      last = now;
      if (gaps.length % 30 === 0) {
        const text = amounts();
        if (text !== seen) changes++;
        seen = text;
        // Looking through the rows took time of its own.
        last = await new Promise<number>((done) => requestAnimationFrame(done));
      }
      if (now - startedAt > 120_000) throw new Error('nothing changed');
    }
    return gaps;
  });
}

/** The same scrolling over a page of 10,000 plain lines: what this machine's Chromium can do at best. */
async function plainScroll(page: Page): Promise<number[]> {
  await page.setContent(
    `<style>div.row{height:40px}</style><div style="height:700px;overflow:auto" class="box">${'<div class="row"></div>'.repeat(10_000)}</div>`,
  );
  return scrollFrames(page, '.box');
}

const p95 = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;

export async function listFigures(): Promise<Figure[]> {
  const siteFolder = scratchFolder();
  const dataDir = scratchFolder();
  const site = await startSandbox(siteFolder, ['--made-up', String(madeUp)]);
  const berth = await startBrowserHost(dataDir);
  const browser = await chromium.launch(launchOptions);
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const plain = await context.newPage();
    const plainGaps = await plainScroll(plain);
    await plain.close();
    const page = await context.newPage();
    await page.goto(berth.url);
    await new SignInPage(page).signIn(site);
    const main = new MainPage(page);
    await main.ready();
    await main
      .tab('Finished')
      .getByText(/\d{5}|\d\d,\d{3}/)
      .waitFor({ timeout: 60_000 });
    // Who finds looks through all of them: then they are all here.
    await main.tab('Finished').click();
    await main.table.getByRole('rowheader').first().waitFor();
    await page.getByRole('textbox', { name: 'Find' }).fill('train');
    await page.getByText(/The newest .* are here/).waitFor({ state: 'hidden', timeout: 120_000 });
    await page.getByRole('textbox', { name: 'Find' }).fill('');
    const first: number[] = [];
    const keys: number[] = [];
    for (let run = 0; run < runs; run++) {
      await switchTab(page, 'Running');
      first.push(await switchTab(page, 'Finished'));
    }
    const scroll = () => scrollFrames(page, '[role=table], [role=table] *, main *');
    const gaps = await scroll();
    const scrolling = await longestTask(page, scroll);
    for (let run = 0; run < runs; run++) {
      keys.push(await keystroke(page, `train${run}`.slice(0, 3 + (run % 3))));
      await keystroke(page, '');
    }
    const sorts: number[] = [];
    for (const column of ['Name', 'Name', 'Memory', 'Memory', 'Status']) sorts.push(await sortClick(page, column));
    await switchTab(page, 'Running');
    const changing = await framesWhileChanging(page);
    const changed = await longestTask(page, () => framesWhileChanging(page));
    return [
      atMost('list of 10,000: first rows', median(first), 'ms', 300),
      atMost('list of 10,000: frame while scrolling, p95', p95(gaps), 'ms', 50, p95(plainGaps)),
      atMost('list of 10,000: worst frame while scrolling', Math.max(...gaps), 'ms', 50, Math.max(...plainGaps)),
      atMost('list of 10,000: longest task while scrolling, processor time', scrolling.longestMs, 'ms', 50),
      atMost('list of 10,000: keystroke in the find box', median(keys), 'ms', 100),
      atMost('list of 10,000: sort by a column', median(sorts), 'ms', 100),
      atMost('list of 5,600 that all change: frame, p95', p95(changing), 'ms', 50, p95(plainGaps)),
      atMost('list of 5,600 that all change: worst frame', Math.max(...changing), 'ms', 50, Math.max(...plainGaps)),
      atMost('list of 5,600 that all change: longest task, processor time', changed.longestMs, 'ms', 50),
    ];
  } finally {
    await browser.close();
    await berth.process.stop();
    await site.process.stop();
    removeFolder(siteFolder);
    removeFolder(dataDir);
  }
}
