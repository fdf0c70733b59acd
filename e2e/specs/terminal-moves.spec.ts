/** A shell that nothing keeps, from one window to another: what its past said is over, and no move ends it. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { LauncherPage } from '../pages/launcher-page.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

/** Every program of this computer but tmux, so that shells are plain ones. */
function pathWithoutTmux(dataDir: string): string {
  const path = join(dataDir, 'programs');
  mkdirSync(path);
  for (const name of readdirSync('/usr/bin')) if (name !== 'tmux') symlinkSync(`/usr/bin/${name}`, join(path, name));
  return path;
}

/** Everything that a window of Berth writes to the clipboard, from its first moment on. */
async function recordCopies(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    const written: string[] = [];
    Object.assign(globalThis, { written });
    navigator.clipboard.writeText = (text) => {
      written.push(text);
      return Promise.resolve();
    };
  });
}
const copiesOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { written: string[] }).written);

const copy = (text: string) => String.raw`printf '\033]52;c;%s\a' ${Buffer.from(text).toString('base64')}`;

test('what a past rang and copied stays silent where it is drawn again; a window that closes before it shows a tab leaves it', async ({
  berth,
}) => {
  const main = new MainPage(berth.page);
  const launcher = new LauncherPage(berth.page);
  await main.ready();
  await launcher.open();
  await launcher.text('Session name').fill('plain');
  await launcher.unfold('Environment variables');
  await launcher.dialog.getByLabel('Variable 1 name', { exact: true }).fill('PATH');
  await launcher.dialog.getByLabel('Variable 1 value', { exact: true }).fill(pathWithoutTmux(berth.dataDir));
  await launcher.send();
  await main.waitRunning('plain');
  await recordCopies(berth.page);
  const terminal = new TerminalPage(await berth.nextWindow(() => main.control('plain', 'Terminal').click()));
  const { page } = terminal;
  const tabs = page.getByRole('tab');
  const flash = (of: Page) => of.locator('main [class*="flash"]');
  const toNewWindow = async () => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Move tab to a new window' }).click();
  };
  await terminal.ready();
  await page.keyboard.press('Control+Shift+T');
  await expect(tabs).toHaveCount(2);
  await terminal.ready();
  await terminal.run(`WHO=plain; ${copy('before')}; printf '\\a'; echo do\\ne`);
  await expect.poll(() => terminal.text()).toContain('done');
  await expect.poll(() => copiesOf(page)).toEqual(['before']);
  await expect(flash(page)).toHaveCount(1);

  // The window that is opened for it goes before it could show it.
  await berth.context.route('**/*.js', (route) =>
    /[?&]move=/.test(route.request().frame().url()) ? undefined : route.continue(),
  );
  const gone = await berth.nextWindow(toNewWindow);
  await gone.close();
  await berth.context.unroute('**/*.js');
  await expect(page.getByText('No new window came up.')).toBeVisible({ timeout: 15_000 });
  await expect(tabs).toHaveCount(2);
  await terminal.run('echo "still <$WHO>"');
  await expect.poll(() => terminal.text()).toContain('still <plain>');

  const away = new TerminalPage(await berth.nextWindow(toNewWindow));
  await away.ready();
  await expect(tabs).toHaveCount(1);
  await expect.poll(() => away.text()).toContain('still <plain>');
  await away.run(`${copy('now')}; echo "moved <$WHO>"`);
  await expect.poll(() => away.text()).toContain('moved <plain>');
  await expect.poll(() => copiesOf(away.page)).toEqual(['now']);
  await expect(flash(away.page)).toHaveCount(0);
});
