/** From spawn to `berth ready`, to a usable list of 100 sessions, and what the idle main process holds. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { removeFolder, scratchFolder, startBrowserHost, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { launchOptions } from './chromium.ts';
import { atMost, type Figure, median } from './figure.ts';

const runs = 5;

function bareNodeMs(): number {
  const startedAt = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - startedAt;
}

function residentMiB(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) / 1024;
}

export async function startUpFigures(): Promise<Figure[]> {
  const ready: number[] = [];
  const listed: number[] = [];
  const memory: number[] = [];
  const bare: number[] = [];
  const siteFolder = scratchFolder();
  const dataDir = scratchFolder();
  const site = await startSandbox(siteFolder, ['--made-up', '100']);
  const browser = await chromium.launch(launchOptions);
  try {
    for (let run = 0; run <= runs; run++) {
      bare.push(bareNodeMs());
      const startedAt = performance.now();
      const berth = await startBrowserHost(dataDir);
      const readyMs = performance.now() - startedAt;
      const context = await browser.newContext();
      const page = await context.newPage();
      const loadedAt = performance.now();
      await page.goto(berth.url);
      await new SignInPage(page).signIn(site);
      const main = new MainPage(page);
      await main.ready();
      await main.table.getByRole('rowheader').first().waitFor();
      // The first window asks for keys in memory mode; the budget is for the way from spawn to list, so the time that
      // a person types does not count, but here it takes no time worth taking out.
      const listedMs = readyMs + (performance.now() - loadedAt);
      const pid = berth.process.child.pid ?? 0;
      if (run > 0) {
        ready.push(readyMs);
        listed.push(listedMs);
        memory.push(residentMiB(pid));
      }
      await context.close();
      await berth.process.stop();
    }
  } finally {
    await browser.close();
    await site.process.stop();
    removeFolder(siteFolder);
    removeFolder(dataDir);
  }
  return [
    atMost('start-up: spawn to ready', median(ready), 'ms', 400, median(bare)),
    atMost('start-up: spawn to a list of 100 sessions', median(listed), 'ms', 1200, median(bare)),
    atMost('main process: memory with a list of 100 sessions', median(memory), 'MiB', 120),
  ];
}
