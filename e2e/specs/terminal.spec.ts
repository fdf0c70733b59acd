/** What a person does in a terminal window: types, resizes, reloads, loses the link and gets it back. */
import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { expect, type RunningBerth, test } from '../hosts/fixture.ts';
import { processTree } from '../hosts/raw-http.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

async function openTerminal(berth: RunningBerth, name: string): Promise<TerminalPage> {
  const main = new MainPage(berth.page);
  await main.ready();
  await main.start({ name });
  await main.waitRunning(name);
  const terminal = new TerminalPage(await berth.nextWindow(() => main.control(name, 'Terminal').click()));
  await terminal.ready();
  return terminal;
}

/** Pids of the sandbox that this Berth started. */
function sandboxPids(berth: RunningBerth): number[] {
  return processTree(berth.processId ?? 0).filter((pid) =>
    execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes('sandbox.js'),
  );
}

async function stoppedSandbox(berth: RunningBerth, during: () => Promise<void>): Promise<void> {
  const pids = sandboxPids(berth);
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await during();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

test('types, shows Korean, follows the window size, and keeps its shell over a reload', async ({ berth }) => {
  const terminal = await openTerminal(berth, 'term-1');
  const { page } = terminal;
  await terminal.run('echo 안녕하세요-$((40+2)); export KEPT=here-$((1+1))');
  await expect.poll(() => terminal.text()).toContain('안녕하세요-42');

  const columns = async () => {
    await terminal.run('clear; echo size=$(stty size)=');
    await expect.poll(() => terminal.text()).toMatch(/size=\d+ \d+=/);
    return Number(/size=\d+ (\d+)=/.exec(await terminal.text())?.[1]);
  };
  const wide = await columns();
  await page.setViewportSize({ width: 500, height: 400 });
  await expect.poll(columns, { timeout: 30_000 }).toBeLessThan(wide * 0.7);

  await page.reload();
  await terminal.ready();
  await terminal.run('echo $KEPT');
  await expect.poll(() => terminal.text()).toContain('here-2');

  // Without the thread that carries its bytes they go through the page's own.
  let refused = 0;
  await page.route('**/bridge-worker*.js', async (route) => {
    refused += 1;
    await route.abort();
  });
  await page.reload();
  await terminal.ready();
  await terminal.run('echo again-$KEPT');
  await expect.poll(() => terminal.text()).toContain('again-here-2');
  expect(refused).toBe(1);
});

test('forty megabytes of output arrive whole, and Ctrl-C stops an endless one', async ({ berth }) => {
  const terminal = await openTerminal(berth, 'term-2');
  await terminal.run('seq 1 5000000; echo finished-$((3*3))');
  await expect.poll(() => terminal.text(), { timeout: 90_000 }).toContain('finished-9');
  expect(await terminal.text()).toContain('5000000');
  await terminal.run('yes');
  await expect.poll(() => terminal.text()).toMatch(/^y\s*\n+y\s*$/m);
  await terminal.page.keyboard.press('Control+C');
  await terminal.run('clear; echo stopped-$((4*4))');
  await expect.poll(() => terminal.text(), { timeout: 20_000 }).toContain('stopped-16');
});

test('says that the link is lost, takes the same shell up again, and tells of keys that may be lost', async ({
  berth,
}) => {
  const terminal = await openTerminal(berth, 'term-3');
  const { page } = terminal;
  await page.setViewportSize({ width: 960, height: 600 });
  await page.getByRole('button', { name: 'New tab' }).click();
  await expect(page.getByRole('tab')).toHaveCount(2);
  await terminal.ready();
  await terminal.run('export KEPT=still-$((5*5))');
  await expect.poll(() => terminal.text()).toMatch(/5\)\)\s+work@/);
  const lost = page.getByText(/Connection lost/);
  await stoppedSandbox(berth, async () => {
    await page.keyboard.type('# typed');
    await expect(lost).toBeVisible({ timeout: 20_000 });
    // Neither the words nor the tab give way to the reason, nor to what is held.
    const tab = page.getByRole('tab', { selected: true });
    await expect(tab).toBeInViewport({ ratio: 1 });
    await page.keyboard.type('later');
    await expect(page.getByText('5 keys are held')).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('button', { name: 'Discard' })).toBeInViewport({ ratio: 1 });
    await expect(tab).toBeInViewport({ ratio: 1 });
    expect(await lost.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Discard' }).click();
  });
  await expect(page.getByText(/Connection lost/)).toBeHidden({ timeout: 40_000 });
  const bar = page.getByRole('banner').getByRole('status');
  await expect(bar).toHaveText(/^\d+ keys typed just before the link was lost may not have arrived\.$/);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(bar).toHaveText(/^May not have arrived: .*# typed$/);
  await page.getByRole('button', { name: 'Type again' }).click();
  await expect(bar).toBeHidden();
  await expect.poll(() => terminal.text()).toContain('# typed');
  await page.keyboard.press('Control+C');
  await terminal.run('echo $KEPT');
  await expect.poll(() => terminal.text()).toContain('still-25');
});

test('finds text in what it showed', async ({ berth }) => {
  const terminal = await openTerminal(berth, 'term-4');
  const { page } = terminal;
  await terminal.run('seq 100 140');
  await expect.poll(() => terminal.text()).toContain('140');
  await openSearch(page);
  await page.keyboard.type('13');
  await expect(page.getByText(/of \d+/)).toBeVisible();
});

async function openSearch(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+F');
  await expect(page.getByRole('textbox', { name: /Find/ })).toBeFocused();
}

test('closes when its account is signed out', async ({ berth }) => {
  const terminal = await openTerminal(berth, 'term-5');
  const { page } = berth;
  const closed = terminal.page.waitForEvent('close');
  await page.getByRole('button', { name: /^Site and account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
  await closed;
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a sandbox that ended is started again by trying again', async ({ berth }) => {
  const { page } = berth;
  const main = new MainPage(page);
  await main.ready();
  await main.start({ name: 'term-6' });
  await main.waitRunning('term-6');
  for (const pid of sandboxPids(berth)) process.kill(pid, 'SIGKILL');
  await page.getByRole('button', { name: 'Try now' }).click({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Try now' })).toBeHidden({ timeout: 30_000 });
  await main.start({ name: 'term-7' });
  await main.waitRunning('term-7');
});
