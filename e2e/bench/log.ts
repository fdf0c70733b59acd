/** A log of 200 MB: opening it, searching all of it, scrolling through it; and what that costs the main process. */
import { readFileSync } from 'node:fs';
import { chromium, type Page } from '@playwright/test';
import { putKeptLog } from '../hosts/kept-log.ts';
import { removeFolder, scratchFolder, startBrowserHost, startSandbox } from '../hosts/process.ts';
import { DetailPage } from '../pages/detail-page.ts';
import { LogPage } from '../pages/log-page.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { launchOptions } from './chromium.ts';
import { atMost, type Figure } from './figure.ts';

const sizeBytes = 200 * 1024 * 1024;

/** Lines of a training run, every other one in colour. */
function* training(): Generator<string> {
  let written = 0;
  let block = '';
  for (let step = 0; written < sizeBytes; step++) {
    const mark = step % 2 === 0 ? '\u001b[32m' : '';
    const line = `${mark}step ${step}\u001b[0m epoch ${step >> 12} loss=${(step % 997) / 997} lr=0.0003 grad=${step % 89}\n`;
    block += line;
    written += line.length;
    if (block.length > 1_000_000) {
      yield block;
      block = '';
    }
  }
  yield `${block}the needle at the end\n`;
}

const residentMiB = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Scrolls 2,000 px a frame for 120 frames; answers the times between frames, in milliseconds. */
function scrollFrames(page: Page, selector: string): Promise<number[]> {
  return page.evaluate(async (query) => {
    const box = document.querySelector<HTMLElement>(query);
    if (!box) throw new Error('no log');
    box.scrollTop = box.scrollHeight / 2;
    const gaps: number[] = [];
    let last = await new Promise<number>((done) => requestAnimationFrame(done));
    for (let frame = 0; frame < 120; frame++) {
      box.scrollTop += 2000;
      const now = await new Promise<number>((done) => requestAnimationFrame(done));
      gaps.push(now - last);
      last = now;
    }
    return gaps;
  }, selector);
}

/** The same scrolling over plain lines: what this machine's Chromium can do at best. */
async function plainScroll(page: Page): Promise<number[]> {
  const lines = '<div class="row">step 1 loss=0.5</div>'.repeat(20_000);
  await page.setContent(
    `<style>div.row{height:18px}</style><div style="height:600px;overflow:auto" class="box">${lines}</div>`,
  );
  return scrollFrames(page, '.box');
}

const p95 = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

export async function logFigures(): Promise<Figure[]> {
  const siteFolder = scratchFolder();
  const dataDir = scratchFolder();
  const site = await startSandbox(siteFolder, ['--made-up', '40']);
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
    await main.tab('Finished').click();
    const row = main.table.getByRole('row').filter({ hasText: 'Terminated' }).first();
    await row.click();
    const name = (await row.getByRole('rowheader').innerText()).trim();
    const detail = new DetailPage(page, name);
    await putKeptLog(dataDir, await detail.sessionId(), training());
    const pid = berth.process.child.pid ?? 0;
    const before = residentMiB(pid);
    const log = new LogPage(page, name);

    const opening = await timed(async () => {
      await detail.panel.getByRole('button', { name: 'Show log' }).click();
      await log.lines.getByText('the needle at the end').waitFor();
    });
    const gaps = await scrollFrames(page, 'dialog section[tabindex="0"]');
    const searching = await timed(async () => {
      await log.find.fill('THE NEEDLE AT');
      await log.dialog.getByText('1 of 1 lines').waitFor();
    });
    const many = await timed(async () => {
      await log.find.fill('grad=88');
      await log.dialog.getByText(/ of \d{4,} lines/).waitFor();
    });
    return [
      atMost('log of 200 MB: opened at its end', opening, 'ms', 2_000),
      atMost('log of 200 MB: frame while scrolling, p95', p95(gaps), 'ms', 50, p95(plainGaps)),
      atMost('log of 200 MB: searched whole, one match', searching, 'ms', 3_000),
      atMost('log of 200 MB: searched whole, many matches', many, 'ms', 3_000),
      // Index and block are 2 MiB; answering the windows and two passes over the file leave about 30 in all. Twice that is a leak.
      atMost('log of 200 MB: memory it costs the main process', residentMiB(pid) - before, 'MiB', 60),
    ];
  } finally {
    await browser.close();
    await berth.process.stop();
    await site.process.stop();
    removeFolder(siteFolder);
    removeFolder(dataDir);
  }
}
