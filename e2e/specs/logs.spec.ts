/** Logs: read by the line whatever their length, searched, in colour, saved; kept after the session ended, privately. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../hosts/fixture.ts';
import { onlyAccountId, putKeptLog } from '../hosts/kept-log.ts';
import { removeFolder, root, scratchFolder, startSandbox } from '../hosts/process.ts';
import { DetailPage } from '../pages/detail-page.ts';
import { LogPage } from '../pages/log-page.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

const pictures = join(root, 'test-results', 'looks');

function* longLog(): Generator<string> {
  for (let step = 1; step <= 20_000; step++) {
    const loss = `\u001b[${step % 2 === 0 ? 32 : 33}mloss\u001b[0m=${(1 / step).toFixed(5)}`;
    yield step === 12_345 ? 'needle \u001b[1;31m<b>not markup</b>\u001b[0m\n' : `step ${step} ${loss}\n`;
  }
  yield ` 10%\r 99%\r\u001b[36m100%\u001b[0m done ${'wide '.repeat(60)}end\n`;
}

test.describe('a long log of an ended session', () => {
  test.use({ flags: [] });
  test('is read, searched, wrapped and saved, and what it prints stays text', async ({ berth }) => {
    const folder = scratchFolder();
    const site = await startSandbox(folder, ['--made-up', '40']);
    try {
      const { page, dataDir } = berth;
      const main = new MainPage(page);
      await new SignInPage(page).signIn(site);
      await main.ready();
      await main.tab('Finished').click();
      const row = main.table.getByRole('row').filter({ hasText: 'Terminated' }).first();
      await row.click();
      const name = (await row.getByRole('rowheader').innerText()).trim();
      const detail = new DetailPage(page, name);
      await putKeptLog(dataDir, await detail.sessionId(), longLog(), [500]);
      await detail.panel.getByRole('button', { name: 'Show log' }).click();

      const log = new LogPage(page, name);
      await expect(log.dialog).toContainText('20001 lines');
      await expect(log.dialog).toContainText('kept on this computer');
      // It opens at its end; a progress bar shows its last state.
      await expect(log.line(20_001)).toContainText('100% done');
      await expect(log.line(20_001)).not.toContainText('99%');
      expect(await log.lines.locator('[data-line]').count()).toBeLessThan(150);

      await log.find.fill('NEEDLE');
      await expect(log.count).toHaveText('1 of 1 lines');
      await expect(log.line(12_345)).toBeInViewport();
      await expect(log.line(12_345)).toContainText('<b>not markup</b>');
      await expect(log.lines.locator('b')).toHaveCount(0);
      await expect(log.line(12_345).locator('mark')).toHaveText('needle');
      await page.screenshot({ path: join(pictures, 'log-light.png') });
      await log.find.fill('step 9');
      await expect(log.count).toContainText(' of 1111 lines');
      const before = await log.count.innerText();
      await log.find.press('Enter');
      await expect(log.count).not.toHaveText(before);
      await log.dialog.getByRole('checkbox', { name: 'Match case' }).check();
      await log.find.fill('NEEDLE');
      await expect(log.count).toHaveText('Not found');
      await log.find.press('Escape');
      await expect(log.find).toHaveValue('');

      await log.lines.focus();
      await page.keyboard.press('Home');
      await expect(log.line(1)).toBeInViewport();
      await expect(log.dialog.getByRole('checkbox', { name: 'Follow' })).not.toBeChecked();
      await page.keyboard.press('End');
      await expect(log.line(20_001)).toBeInViewport();
      await log.dialog.getByRole('checkbox', { name: 'Wrap lines' }).check();
      await expect(log.line(20_001)).toBeInViewport();
      expect((await log.line(20_001).boundingBox())?.height ?? 0).toBeGreaterThan(20);

      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
      expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);

      await log.dialog.getByRole('button', { name: 'Save…' }).click();
      const target = join(dataDir, 'saved.log');
      await log.dialog.getByRole('textbox', { name: 'Save the log as' }).fill(target);
      await log.dialog.getByRole('button', { name: 'Save log' }).click();
      await expect(log.dialog).toContainText(`Saved as ${target}`);
      const saved = readFileSync(target, 'utf8');
      expect(saved).toContain('needle <b>not markup</b>\n');
      expect(saved.includes('\u001b')).toBe(false);
      await log.dialog.getByRole('button', { name: 'Save log' }).click();
      await expect(log.dialog.getByRole('button', { name: 'Replace file' })).toBeVisible();
    } finally {
      await site.process.stop();
      removeFolder(folder);
    }
  });
});

test('the log of a session that runs is shown, and stays when it has ended, until it is cleared', async ({ berth }) => {
  const { page, dataDir } = berth;
  const main = new MainPage(page);
  await main.ready();
  await main.start({ name: 'logged-1' });
  await main.waitRunning('logged-1');
  await main.row('logged-1').click();
  const detail = new DetailPage(page, 'logged-1');
  const sessionId = await detail.sessionId();
  await detail.panel.getByRole('button', { name: 'Show log' }).click();
  const log = new LogPage(page, 'logged-1');
  await expect(log.dialog).toContainText(/\d+ lines?|empty/);
  await page.keyboard.press('Escape');
  await main.terminate('logged-1');
  await expect(main.row('logged-1')).toBeHidden({ timeout: 30_000 });

  const file = join(dataDir, 'session-logs', onlyAccountId(dataDir), sessionId, 'main.log');
  await expect.poll(() => existsSync(`${file}.json`) && readFileSync(`${file}.json`, 'utf8')).toContain('"ended":true');
  expect(statSync(file).mode & 0o077).toBe(0);
  await main.go('Settings');
  await expect(page.getByText(/of 1 session in/)).toBeVisible();
  await page.getByRole('button', { name: 'Clear kept logs' }).click();
  await expect(page.getByText(/of 0 sessions in/)).toBeVisible();
  expect(existsSync(file)).toBe(false);
});
