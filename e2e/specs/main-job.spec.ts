/** The main job as one story: from an empty data folder to a session with a shell and a notebook, and its end. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { JupyterPage } from '../pages/jupyter-page.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

/** Command lines of all processes that carry this folder in their environment or arguments. */
function processesOf(marker: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      if (environ.includes(marker)) found.push(`${pid} ${command}`);
    } catch {
      // The process ended between the listing and the look, or is not ours to look at.
    }
  }
  return found;
}

test.use({ flags: [] });

test('sandbox, sign-in, session with folders and half a GPU, shell, notebook, reload, end', async ({ berth }) => {
  test.setTimeout(240_000);
  const main = new MainPage(berth.page);
  const name = 'story-1';
  const windows: Page[] = [];

  await test.step('sign in to the local sandbox in one click', async () => {
    await expect(berth.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await berth.page.getByRole('button', { name: 'Try the local sandbox' }).click();
    await main.ready();
  });

  await test.step('start a session with two folders and 0.5 GPU', async () => {
    await main.start({ name, gpu: '0.5', folders: ['data', 'results'] });
    await main.waitRunning(name, 120_000);
    await expect(main.row(name)).toContainText('0.5');
  });

  await test.step('write files in the shell', async () => {
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control(name, 'Terminal').click()));
    windows.push(terminal.page);
    await terminal.ready();
    await terminal.run(
      'echo in-home-$((6*7)) > home.txt; echo kept-$((6*7)) > data/kept.txt; cat home.txt data/kept.txt',
    );
    await expect.poll(() => terminal.text()).toContain('kept-42');
    expect(await terminal.text()).toContain('in-home-42');
    await expect(terminal.page).toHaveTitle(/story-1 · Terminal/);
  });

  await test.step('see them in Jupyter and run a cell', async () => {
    await main.control(name, 'Apps').click();
    const dialog = berth.page.getByRole('dialog', { name: `Apps of ${name}` });
    const window = await berth.nextWindow(() => dialog.getByRole('button', { name: 'Jupyter Notebook' }).click());
    windows.push(window);
    const jupyter = new JupyterPage(window);
    await jupyter.showsFile('home.txt');
    await jupyter.showsFile('data');
    await jupyter.runCell('print("cell", 6*7, open("data/kept.txt").read())', 'cell 42 kept-42');
    // What keeps the notebook's WebSocket through a cut of the link; it belongs to the session, and ends with it below.
    expect(processesOf('BACKENDAI_SESSION_NAME=story-1').join('\n')).toContain('berth-relay');
    await berth.page.keyboard.press('Escape');
  });

  await test.step('reload: still signed in, still listed', async () => {
    await berth.page.reload();
    await main.ready();
    await main.waitRunning(name);
  });

  await test.step('terminate: nothing of it runs any more, its windows close, the folder keeps its file', async () => {
    const sessionsDir = join(berth.dataDir, 'sandbox', 'sessions');
    expect(readdirSync(sessionsDir)).toHaveLength(1);
    expect(processesOf('BACKENDAI_SESSION_NAME=story-1').length).toBeGreaterThan(0);
    await main.terminate(name);
    // A browser lets a script close a window only while it has one page in its history; else the window says so.
    const isOver = (window: Page) => window.isClosed() || window.url().endsWith('/.berth/ended');
    await expect.poll(() => windows.map(isOver), { timeout: 20_000 }).toEqual([true, true]);
    await expect(main.row(name)).toBeHidden({ timeout: 30_000 });
    await main.tab('Finished').click();
    await expect(main.row(name)).toContainText('Terminated');
    await expect.poll(() => processesOf('BACKENDAI_SESSION_NAME=story-1'), { timeout: 15_000 }).toEqual([]);
    await expect.poll(() => readdirSync(sessionsDir)).toEqual([]);
    const kept = execFileSync('find', [join(berth.dataDir, 'sandbox'), '-name', 'kept.txt'], {
      encoding: 'utf8',
    }).trim();
    expect(existsSync(kept)).toBe(true);
    expect(readFileSync(kept, 'utf8')).toBe('kept-42\n');
  });
});
