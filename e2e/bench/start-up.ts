/** From spawn to `berth ready`, to a usable list of 100 sessions, and what the idle main process holds. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { startKeyring } from '../hosts/keyring.ts';
import { browserHostCommand, removeFolder, scratchFolder, startProcess, startSandbox } from '../hosts/process.ts';
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
  const keyring = await startKeyring();
  const site = await startSandbox(siteFolder, ['--made-up', '100']);
  const browser = await chromium.launch(launchOptions);
  const start = () =>
    startProcess(browserHostCommand(dataDir, ['--secrets', 'os']), /berth ready (http\S+)/, { env: keyring.env });
  try {
    // The first run signs in; the others find account and secret as a person's second start does.
    for (let run = 0; run <= runs; run++) {
      bare.push(bareNodeMs());
      // The browser's own start is not Berth's: an empty window has come to rest and waits for the address.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await setTimeout(1_000);
      const startedAt = performance.now();
      const berth = await start();
      const readyMs = performance.now() - startedAt;
      const openedAt = performance.now();
      await page.goto(berth.match[1] ?? '');
      if (run === 0) await new SignInPage(page).signIn(site);
      // Looked for in every frame: a locator's own polling has steps of up to half a second.
      await page.waitForFunction(() => document.querySelector('[role=table] [role=rowheader]') !== null, undefined, {
        polling: 'raf',
      });
      const listedMs = readyMs + (performance.now() - openedAt);
      if (run > 0) {
        ready.push(readyMs);
        listed.push(listedMs);
        memory.push(residentMiB(berth.child.pid ?? 0));
      }
      await context.close();
      await berth.stop();
    }
  } finally {
    await browser.close();
    await site.process.stop();
    await keyring.stop();
    removeFolder(siteFolder);
    removeFolder(dataDir);
  }
  return [
    atMost('start-up: spawn to ready', median(ready), 'ms', 400, median(bare)),
    atMost('start-up: spawn to a list of 100 sessions', median(listed), 'ms', 1200, median(bare)),
    atMost('main process: memory with a list of 100 sessions', median(memory), 'MiB', 120),
  ];
}
