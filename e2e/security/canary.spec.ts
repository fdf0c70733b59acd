/** A secret that was typed at sign-in is afterwards in no log, no file, no argument list and not in the window. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { processTree } from '../hosts/raw-http.ts';
import { MainPage } from '../pages/main-page.ts';

test.use({ flags: [] });

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const info = statSync(path);
    return info.isDirectory() ? filesBelow(path) : info.isFile() ? [path] : [];
  });
}

async function heapSnapshot(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

test('the typed secret key stays in the main process', async ({ berth }) => {
  const folder = scratchFolder();
  const site = await startSandbox(folder);
  try {
    const { page } = berth;
    await page.getByRole('textbox', { name: 'Endpoint' }).fill(site.endpoint);
    await page.getByRole('textbox', { name: 'Access key' }).fill(site.accessKey);
    await page.getByRole('textbox', { name: 'Secret key' }).fill(site.secretKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await new MainPage(page).ready();

    expect(await page.content()).not.toContain(site.secretKey);
    const heap = await heapSnapshot(page);
    expect(heap).toContain('Sessions');
    expect(heap.includes(site.secretKey)).toBe(false);
    for (const file of filesBelow(berth.dataDir)) {
      expect(readFileSync(file).includes(site.secretKey), file).toBe(false);
    }
    expect(berth.output()).not.toContain(site.secretKey);
    for (const pid of processTree(berth.processId ?? 0)) {
      for (const name of ['cmdline', 'environ']) {
        expect(readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(site.secretKey), `${pid} ${name}`).toBe(false);
      }
    }
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
