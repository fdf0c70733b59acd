/** Logs: read by the line whatever their length, searched, in colour, saved; kept after the session ended, privately. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { onlyAccountId, putKeptLog } from '../hosts/kept-log.ts';
import { removeFolder, root, scratchFolder, startSandbox } from '../hosts/process.ts';
import { SiteClient } from '../hosts/site-client.ts';
import { DetailPage } from '../pages/detail-page.ts';
import { LogPage } from '../pages/log-page.ts';
import { look } from '../pages/look.ts';
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

      await look(page, 'log');

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

test.describe('a cluster at work, and a job that waits for it', () => {
  test.use({ flags: [] });
  test('tells of each kernel, follows its log as it grows, knows who waits for whom, keeps the logs', async ({
    berth,
  }) => {
    const folder = scratchFolder();
    const site = await startSandbox(folder);
    try {
      const { page, dataDir, context } = berth;
      const main = new MainPage(page);
      await new SignInPage(page).signIn(site);
      await main.ready();
      const other = new SiteClient(site);
      const sessionId = await other.create({
        name: 'two-of-them',
        type: 'batch',
        cluster_size: 2,
        bootstrap_script: 'echo "I am $BACKENDAI_CLUSTER_HOST"',
        startupCommand: 'n=0; while :; do n=$((n+1)); echo "tick $n"; sleep 0.1; done',
      });
      await other.create({ name: 'after-them', type: 'batch', dependencies: [sessionId], startupCommand: 'true' });
      await main.waitRunning('two-of-them');

      await main.row('two-of-them').click();
      const detail = new DetailPage(page, 'two-of-them');
      const kernels = detail.section('Kernels').getByRole('listitem');
      await expect(kernels).toHaveCount(2);
      await expect(kernels.filter({ hasText: 'main1' })).toContainText('Running · main');
      await expect(kernels.filter({ hasText: 'sub1' })).toContainText('Running · sub');
      const relatives = detail.section('Dependencies');
      await expect(relatives).toContainText(/Waits for this one.*after-them.*Waiting/s);
      await page.screenshot({ path: join(pictures, 'cluster-light.png') });

      // A kernel's own log, and from there the other one's.
      await kernels.getByRole('button', { name: 'Log of sub1' }).click();
      const log = new LogPage(page, 'two-of-them');
      await expect(log.lines).toContainText('I am sub1');
      await expect(log.lines).not.toContainText('tick');
      await log.kernel.selectOption({ label: 'main1' });
      await expect(log.lines).toContainText('I am main1');

      // The end stays in view as it grows; whoever scrolls up stays where they are.
      const newest = async () => {
        const last = log.lines.locator('[data-line]').last();
        await expect(last).toBeInViewport();
        return Number(/tick (\d+)/.exec(await last.innerText())?.[1] ?? 0);
      };
      await expect.poll(newest).toBeGreaterThan(0);
      const first = await newest();
      await expect.poll(newest).toBeGreaterThan(first + 40);
      // What came just now stands out; what was there does not.
      await expect(log.lines.locator('[data-fresh]').first()).toBeVisible();
      await log.lines.focus();
      await page.keyboard.press('Home');
      await expect(log.follow).not.toBeChecked();
      await expect(log.line(1)).toBeInViewport();
      await expect(log.line(1)).not.toHaveAttribute('data-fresh');
      const size = log.dialog.getByText(/\d+ lines ·/);
      const before = await size.innerText();
      await expect(size).not.toHaveText(before);
      await expect(log.line(1)).toBeInViewport();
      await log.follow.check();
      await expect.poll(newest).toBeGreaterThan(first + 40);
      await page.screenshot({ path: join(pictures, 'log-growing-light.png') });

      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await log.dialog.getByRole('button', { name: 'Copy log' }).click();
      await expect(log.dialog.getByText('Log copied')).toBeVisible();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toMatch(/I am main1[\s\S]*^tick 1\ntick 2\n/m);
      await log.dialog.getByRole('button', { name: 'Save…' }).click();
      const target = join(dataDir, 'saved.log');
      await log.dialog.getByRole('textbox', { name: 'Save the log as' }).fill(target);
      await log.dialog.getByRole('button', { name: 'Save log' }).click();
      await expect(log.dialog).toContainText(`Saved as ${target}`);
      expect(readFileSync(target, 'utf8').startsWith(copied)).toBe(true);
      // Once for what is being saved, once for the log.
      await page.keyboard.press('Escape');
      await expect(log.dialog.getByRole('textbox', { name: 'Save the log as' })).toBeHidden();
      await expect(log.dialog).toBeVisible();
      await log.lines.press('Escape');
      await expect(log.dialog).toBeHidden();

      await relatives.getByRole('button', { name: 'Show after-them' }).click();
      const waiting = new DetailPage(page, 'after-them');
      await expect(waiting.section('Dependencies')).toContainText(/Waits for.*two-of-them.*Running/s);
      await waiting.section('Dependencies').getByRole('button', { name: 'Show two-of-them' }).click();
      await expect(detail.panel).toBeVisible();

      await main.terminate('two-of-them');
      const kept = join(dataDir, 'session-logs', onlyAccountId(dataDir), sessionId);
      const isKept = (kernel: RegExp) => () =>
        existsSync(kept) &&
        readdirSync(kept)
          .filter((it) => kernel.test(it) && it.endsWith('.log.json'))
          .some((it) => readFileSync(join(kept, it), 'utf8').includes('"ended":true'));
      await expect.poll(isKept(/^main\./), { timeout: 30_000 }).toBe(true);
      await expect.poll(isKept(/^[0-9a-f]{8}/)).toBe(true);
      for (const name of readdirSync(kept)) expect(statSync(join(kept, name)).mode & 0o077).toBe(0);
      await main.go('Settings');
      await page.getByRole('button', { name: 'Clear kept logs' }).click();
      await expect(page.getByText(/of 0 sessions in/)).toBeVisible();
      expect(existsSync(kept)).toBe(false);
    } finally {
      await site.process.stop();
      removeFolder(folder);
    }
  });
});
