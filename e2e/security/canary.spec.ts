/** Secrets that were typed at sign-in are afterwards in no log, no file, no argument list and not in the window. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, type RunningBerth, test } from '../hosts/fixture.ts';
import { removeFolder, type SandboxInfo, scratchFolder, startSandbox } from '../hosts/process.ts';
import { processTree } from '../hosts/raw-http.ts';
import { MainPage } from '../pages/main-page.ts';
import { oneTimeCode, SignInPage } from '../pages/sign-in-page.ts';

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

async function expectNowhere({ page, dataDir, processId, output }: RunningBerth, secret: string): Promise<void> {
  expect(await page.content()).not.toContain(secret);
  const heap = await heapSnapshot(page);
  expect(heap).toContain('Sessions');
  expect(heap.includes(secret)).toBe(false);
  for (const file of filesBelow(dataDir)) expect(readFileSync(file).includes(secret), file).toBe(false);
  expect(output()).not.toContain(secret);
  for (const pid of processTree(processId ?? 0)) {
    for (const name of ['cmdline', 'environ']) {
      expect(readFileSync(`/proc/${pid}/${name}`, 'latin1').includes(secret), `${pid} ${name}`).toBe(false);
    }
  }
}

async function withSandbox(use: (site: SandboxInfo) => Promise<void>): Promise<void> {
  const folder = scratchFolder();
  const site = await startSandbox(folder, ['--webserver']);
  try {
    await use(site);
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
}

test('the typed secret key stays in the main process', async ({ berth }) => {
  await withSandbox(async (site) => {
    await new SignInPage(berth.page).signIn(site);
    await new MainPage(berth.page).ready();
    await expectNowhere(berth, site.secretKey);
  });
});

test('typed passwords and one-time codes leave nothing behind, however many steps a sign-in takes', async ({
  berth,
}) => {
  await withSandbox(async (site) => {
    const account = site.accounts.find(({ kind }) => kind === 'one-time-code');
    const { email = '', password = '', totpSecret = '' } = account ?? {};
    const signIn = new SignInPage(berth.page);
    await signIn.signInAs({ endpoint: site.webserver ?? '', email, password });
    await signIn.code.fill(oneTimeCode(totpSecret));
    await signIn.submit.click();
    await new MainPage(berth.page).ready();
    expect(password.length).toBeGreaterThan(8);
    await expectNowhere(berth, password);
    // The webserver's own copy of the keypair never came here at all.
    await expectNowhere(berth, account?.secretKey ?? '');
  });
});

test('a secret that the site did not take, or a code, stays in no box', async ({ berth }) => {
  await withSandbox(async (site) => {
    const account = site.accounts.find(({ kind }) => kind === 'one-time-code');
    const { email = '', password = '' } = account ?? {};
    const { page } = berth;
    const signIn = new SignInPage(page);
    const secretKey = 'canary-of-a-wrong-secret-key-0123456789';
    await signIn.signIn({ ...site, secretKey });
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(signIn.secretKey).toHaveValue('');
    await expectNowhere(berth, secretKey);
    await signIn.signInAs({ endpoint: site.webserver ?? '', email, password });
    await signIn.code.fill('000000');
    await signIn.submit.click();
    await expect(page.getByText('The site did not take that code.')).toBeVisible();
    await expect(signIn.code).toHaveValue('');
    await expectNowhere(berth, password);
  });
});
