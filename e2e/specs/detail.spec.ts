/** The detail panel against the sandbox: why a session waits, what it uses, its name, what will happen to it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startBrowserHost, startSandbox } from '../hosts/process.ts';
import { DetailPage } from '../pages/detail-page.ts';
import { LauncherPage } from '../pages/launcher-page.ts';
import { look, lookBoth } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SessionsList } from '../pages/sessions-list.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test('a waiting session says in its row and in the panel what is missing and what would help', async ({ berth }) => {
  const { page } = berth;
  const main = new MainPage(page);
  await main.ready();
  await main.start({ name: 'holder', gpu: '1.5' });
  await main.waitRunning('holder');
  await main.start({ name: 'waits-gpu', gpu: '1' });
  await expect(main.row('waits-gpu')).toContainText(/waits for fGPU: asked 1, your key has 0\.5 of 2 left/, {
    timeout: 30_000,
  });
  await main.row('waits-gpu').click();
  const detail = new DetailPage(page, 'waits-gpu');
  await expect(detail.section('Why it waits')).toContainText(
    'The limit of your key is 2 of fGPU. 1.5 is in use, and 1 is asked.',
  );
  await expect(detail.section('Why it waits')).toContainText('Ask for 0.5 less fGPU');
  await expect(detail.panel.locator('pre')).toBeHidden();
  await detail.panel.getByText('What the site says').click();
  await expect(detail.panel.locator('pre')).toContainText('quota is exceeded');
  await expect(detail.section('Why it waits')).toContainText('Conditions that are met: ');
  await lookBoth(page, 'waiting');
  // The holder's own start taught what comes and how long it takes.
  const phases = detail.section('History').getByRole('listitem');
  await expect(phases.first()).toContainText('Waiting');
  await expect(phases.last()).toContainText('usually');

  // More than its group ever has: waiting does not help, and that is said.
  const launcher = new LauncherPage(page);
  await page.getByRole('button', { name: 'Start session' }).first().click();
  await launcher.text('Session name').fill('too-large');
  await launcher.box('Resource group').click();
  await page.getByRole('option', { name: 'cpu-only' }).click();
  await launcher.amount('Memory (GiB)').fill('1');
  await launcher.amount('CPU').fill('4');
  await launcher.amount('CPU').press('Tab');
  await launcher.says('CPU: at most 2 (resource group)');
  // Two containers of what it has: the manager takes them, and only its scheduler finds that they never fit.
  await launcher.amount('CPU').fill('2');
  await launcher.unfold('Cluster and several sessions');
  await launcher.text('Containers').fill('2');
  await launcher.says(/wait/i);
  await launcher.send();
  await expect(main.row('too-large')).toContainText(
    'asked 4 of CPU, the resource group has 2 at most · will not start by waiting',
  );
  await main.row('too-large').click();
  await expect(new DetailPage(page, 'too-large').section('Why it waits')).toContainText(
    'The largest machine of the resource group has 2 in all.',
  );

  await main.row('waits-gpu').click();
  await main.terminate('waits-gpu');
  await main.tab('Finished').click();
  await main.row('waits-gpu').click();
  await expect(detail.panel).toContainText('It ended before it ran, in the phase: Waiting.');
  await detail.panel.getByRole('button', { name: 'Edit and launch again…' }).click();
  const start = page.getByRole('dialog', { name: 'Start a session' });
  await expect(start.getByRole('textbox', { name: 'Session name' })).toHaveValue('waits-gpu');
  await expect(start.getByRole('spinbutton', { name: 'GPU' })).toHaveValue('1');
});

test('the panel shows use, asked and given, history; renames in place; folds and remembers; covers a narrow window', async ({
  berth,
}) => {
  const { page } = berth;
  const main = new MainPage(page);
  await main.ready();
  await main.start({ name: 'look-at-me', gpu: '0.5', folders: ['data'] });
  await main.waitRunning('look-at-me');
  await main.row('look-at-me').click();
  const detail = new DetailPage(page, 'look-at-me');
  await expect(detail.section('Now')).toContainText(/\d \/ \d+ cores/, { timeout: 40_000 });
  await expect(detail.section('Now')).toContainText(/Disk.* read, .* written/);
  await detail.section('Now').getByRole('radio', { name: 'At most' }).check();
  await expect(detail.section('Now')).toContainText('Averages and maxima that the site tells are since the start.');
  await expect(detail.section('Asked and given')).toContainText('0.5 fGPU');
  await detail.section('Folders').getByRole('link', { name: 'Show data among the folders' }).click();
  const folder = page.getByRole('table', { name: 'Folders' }).getByRole('row').filter({ hasText: 'data' });
  await expect(folder).toHaveAttribute('aria-current', 'true');
  await page.goBack();
  await expect(detail.section('History').getByRole('listitem').last()).toContainText('Running');
  await expect(main.table).toBeVisible();
  const resources = new SessionsList(page).resources;
  await expect(resources.getByRole('listitem').filter({ hasText: 'fGPU' })).toHaveText('fGPU 0.5 / 2');
  await resources.getByRole('button', { name: 'Resources' }).click();
  await resources.getByRole('radio', { name: 'Everybody in the group' }).check();
  await expect(resources.getByRole('listitem').filter({ hasText: 'fGPU' })).toContainText('0.5 / 2all of its machines');
  await resources.getByRole('combobox', { name: 'Resource group' }).selectOption('cpu-only');
  await expect(resources.getByRole('listitem').filter({ hasText: 'CPU' })).toContainText('0 / 2');
  await resources.getByRole('radio', { name: 'My use' }).check();
  await expect(resources).toContainText('limit of your key');
  await resources.getByRole('button', { name: 'Resources' }).click();

  // Closed, it is neither loaded nor asked about.
  const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect((await loaded()).filter((it) => /\/overview-[^/]*\.js/.test(it))).toEqual([]);
  const toggle = resources.getByRole('button', { name: 'Overview' });
  await toggle.click();
  const overview = page.getByRole('region', { name: 'Overview' });
  await expect(overview.getByRole('region', { name: 'Running now' })).toContainText('Interactive1');
  await expect(overview.getByRole('region', { name: 'Projects' })).toContainText(/research\s*CPU 0 \/ 2/);
  await expect(overview.getByRole('region', { name: 'Storage' })).toContainText(/Yours.*, no limit/);
  await expect(main.row('look-at-me')).toBeInViewport();
  await look(page, 'overview-light');
  expect((await loaded()).filter((it) => /\/overview-[^/]*\.js/.test(it))).not.toEqual([]);
  await detail.panel.getByRole('button', { name: 'Close details' }).click();
  await overview.getByRole('button', { name: 'Show look-at-me' }).click();
  await expect(detail.panel).toBeVisible();
  await toggle.click();
  await expect(overview).toBeHidden();

  await detail.panel.getByRole('button', { name: 'Rename…' }).click();
  const field = detail.panel.getByRole('textbox', { name: 'New name' });
  await field.fill('no good name');
  await expect(detail.panel.getByRole('alert')).toBeVisible();
  await field.press('Escape');
  await expect(field).toBeHidden();
  await detail.panel.getByRole('button', { name: 'Rename…' }).click();
  await field.fill('renamed-1');
  await field.press('Enter');
  await expect(main.row('renamed-1')).toBeVisible();
  const renamed = new DetailPage(page, 'renamed-1');
  await expect(renamed.panel).toBeVisible();

  await renamed.panel.getByRole('button', { name: 'Save as image…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save renamed-1 as an image' });
  await expect(dialog).toContainText('everything in mounted folders and in /home/work');
  await expect(dialog).toContainText(/You have 0 of at most \d+ images of your own\./);
  await look(page, 'commit-light');
  await dialog.getByRole('button', { name: 'Save image' }).click();
  await expect(renamed.section('Image')).toContainText('The image is saved.', { timeout: 60_000 });
  const saved = page.getByRole('status').filter({ hasText: 'Image renamed-1 is saved' });
  await saved.getByRole('button', { name: 'Dismiss' }).click();

  // Its one kernel is folded until somebody looks; what only newer sites tell is not there.
  await renamed.panel.locator('summary', { hasText: 'Kernels' }).click();
  const kernel = renamed.section('Kernels').getByRole('listitem');
  await expect(kernel).toContainText(/^main1 Running · main · on i-sandbox\S*Container[0-9a-f]{12,}/);
  await expect(kernel.getByRole('button', { name: 'Copy the container id of main1' })).toBeVisible();
  await kernel.getByRole('button', { name: 'Log of main1' }).click();
  await page.keyboard.press('Escape');
  await expect(renamed.panel.locator('summary', { hasText: 'Audit log' })).toHaveCount(0);
  await expect(renamed.panel.getByRole('button', { name: 'Scheduling history…' })).toHaveCount(0);

  await renamed.panel.locator('summary', { hasText: 'Facts' }).click();
  await lookBoth(page, 'detail');
  await page.reload();
  await expect(renamed.section('Facts')).not.toHaveAttribute('open');
  await page.setViewportSize({ width: 860, height: 700 });
  const [panel, table] = [await renamed.panel.boundingBox(), await main.table.boundingBox()];
  expect((panel?.x ?? 0) < (table?.x ?? 0) + (table?.width ?? 0)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(renamed.panel).toBeHidden();
});

test.describe('a site that takes idle sessions away', () => {
  test.use({ flags: [] });
  test('is announced ahead with time and reason, and when it has happened, why', async ({ context, dataDir }) => {
    const folder = scratchFolder();
    const site = await startSandbox(folder, ['--idle-timeout', '14']);
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ noticeMinutes: 1, noticeAgainMinutes: 0 }));
    const berth = await startBrowserHost(dataDir, ['--config', config]);
    try {
      const page = await context.newPage();
      await page.goto(berth.url);
      await new SignInPage(page).signIn(site);
      const main = new MainPage(page);
      await main.ready();
      await main.start({ name: 'left-alone' });
      await main.waitRunning('left-alone');
      const notice = page.getByRole('status').filter({ hasText: 'left-alone' });
      await expect(notice).toContainText(
        /left-alone will be ended in less than a minute At \d\d:\d\d, because nobody has used it/,
      );
      await notice.getByRole('button', { name: 'Show session' }).click();
      const detail = new DetailPage(page, 'left-alone');
      await expect(detail.section('Idle checks')).toContainText('No use');
      await expect(detail.section('Idle checks')).toContainText(/in \d+ s/);
      await expect(main.row('left-alone')).toContainText('at risk');
      await look(page, 'idle-light');
      await expect(notice).toContainText('left-alone has ended Nobody used it for longer than the site allows.', {
        timeout: 40_000,
      });
      await notice.getByRole('button', { name: 'Show session' }).click();
      await expect(detail.section('Why it ended')).toContainText('Nobody used it');
      await notice.getByRole('button', { name: 'Dismiss' }).click();
      await expect(notice).toBeHidden();
    } finally {
      await berth.process.stop();
      await site.process.stop();
      removeFolder(folder);
    }
  });
});

test.describe('Korean', () => {
  test.use({ locale: 'ko-KR' });
  test('speaks of waiting in Korean', async ({ berth }) => {
    const { page } = berth;
    await page.getByRole('button', { name: '세션 시작' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('spinbutton', { name: 'GPU' }).fill('2');
    await dialog.getByRole('spinbutton', { name: 'GPU' }).press('Tab');
    await dialog.getByRole('textbox', { name: '세션 이름' }).fill('holder-ko');
    await dialog.getByRole('button', { name: '시작', exact: true }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
    await page.getByRole('button', { name: '세션 시작' }).first().click();
    await dialog.getByRole('spinbutton', { name: 'GPU' }).fill('1');
    await dialog.getByRole('spinbutton', { name: 'GPU' }).press('Tab');
    await dialog.getByRole('textbox', { name: '세션 이름' }).fill('waits-ko');
    await dialog.getByRole('button', { name: '시작', exact: true }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
    const row = page.getByRole('row').filter({ hasText: 'waits-ko' });
    await expect(row).toContainText('fGPU 대기: 요청 1, 내 키 한도 2 중 0 남음', { timeout: 30_000 });
    await row.click();
    await expect(page.getByRole('complementary')).toContainText('도움이 되는 일');
    await look(page, 'waiting-korean');
  });
});
