/** On a real screen: Berth in an app window, terminal and notebook in windows of their own. */
import { chromium, expect, test } from '@playwright/test';
import { chromiumArgs } from '../../playwright.config.ts';
import { removeFolder, scratchFolder, startBrowserHost } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';

test('app windows are windows of their own, and close with their session', async ({ launchOptions }) => {
  const dataDir = scratchFolder();
  const profile = scratchFolder();
  const berth = await startBrowserHost(dataDir, ['--sandbox']);
  const context = await chromium.launchPersistentContext(profile, {
    ...launchOptions,
    headless: false,
    viewport: null,
    args: [...chromiumArgs, `--app=${berth.url}`],
  });
  try {
    const page = context.pages()[0] ?? (await context.waitForEvent('page'));
    const main = new MainPage(page);
    await main.ready();
    await main.start({ name: 'windows-1' });
    await main.waitRunning('windows-1');
    const [terminal] = await Promise.all([context.waitForEvent('page'), main.control('windows-1', 'Terminal').click()]);
    await terminal.locator('.xterm').first().waitFor();

    const session = await context.newCDPSession(terminal);
    const mainSession = await context.newCDPSession(page);
    const { windowId } = await session.send('Browser.getWindowForTarget');
    const { windowId: mainWindowId } = await mainSession.send('Browser.getWindowForTarget');
    expect(windowId).not.toBe(mainWindowId);

    await main.control('windows-1', 'Apps').click();
    const tile = page
      .getByRole('dialog', { name: 'Apps of windows-1' })
      .getByRole('button', { name: 'Jupyter Notebook' });
    const [jupyter] = await Promise.all([context.waitForEvent('page'), tile.click()]);
    await expect(jupyter.getByText('id_container').first()).toBeVisible({ timeout: 60_000 });
    await page.keyboard.press('Escape');

    const closed = Promise.all([terminal.waitForEvent('close'), jupyter.waitForEvent('close')]);
    await main.terminate('windows-1');
    await closed;
  } finally {
    await context.close();
    await berth.process.stop();
    removeFolder(dataDir);
    removeFolder(profile);
  }
});
