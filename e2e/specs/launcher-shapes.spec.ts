import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { LauncherPage } from '../pages/launcher-page.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

/** Everything a launch needs can be reached and read: nothing lies outside the window or is cut off sideways. */
async function fits(page: Page, launcher: LauncherPage): Promise<void> {
  await expect(launcher.launch).toBeInViewport({ ratio: 1 });
  await expect(launcher.verdict).toBeInViewport();
  for (const field of [launcher.box('Environment'), launcher.amount('GPU'), launcher.text('Session name')]) {
    await field.scrollIntoViewIfNeeded();
    await expect(field).toBeInViewport({ ratio: 1 });
  }
  await launcher.unfold('Environment variables');
  const value = launcher.dialog.getByLabel('Variable 1 value', { exact: true });
  await value.scrollIntoViewIfNeeded();
  await expect(value).toBeInViewport({ ratio: 1 });
  const sideways = await page.evaluate(() =>
    [...document.querySelectorAll('[role="dialog"] *')]
      .filter((it) => getComputedStyle(it).overflowX !== 'visible' && it.scrollWidth > it.clientWidth + 1)
      .filter((it) => !it.matches('input, textarea, .ellipsis, .visually-hidden, [class*="state"]'))
      .map((it) => it.className),
  );
  expect(sideways).toEqual([]);
}

const shapes = [
  { name: '900x600', use: { viewport: { width: 900, height: 600 } } },
  // A window of 1280 x 800 at 200 %: half as many CSS pixels, twice as large.
  { name: 'zoom-200', use: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 } },
] as const;

for (const { name, use } of shapes) {
  test.describe(name, () => {
    test.use(use);
    test(`launches in a window of ${name}`, async ({ berth }) => {
      const main = new MainPage(berth.page);
      const launcher = new LauncherPage(berth.page);
      await main.ready();
      await launcher.open();
      await look(berth.page, name, 'launcher');
      await fits(berth.page, launcher);
      await launcher.amount('CPU').fill('900');
      await launcher.says('Can never start here');
      await expect(launcher.launch).toBeInViewport({ ratio: 1 });
      await look(berth.page, `${name}-never`, 'launcher');
      await launcher.button(/the most allowed/).click();
      await launcher.says('Starts now');
      const session = await launcher.text('Session name').inputValue();
      await launcher.send();
      await expect(main.row(session)).toBeVisible();
    });
  });
}

test.describe('Korean', () => {
  test.use({ locale: 'ko-KR' });
  test('speaks Korean throughout, folded parts too', async ({ berth }) => {
    const { page } = berth;
    await page.getByRole('button', { name: '세션 시작' }).first().click();
    const dialog = page.getByRole('dialog', { name: '세션 시작' });
    await expect(dialog.getByText('바로 시작합니다').first()).toBeVisible({ timeout: 20_000 });
    await look(page, 'korean', 'launcher');
    const folds = dialog.locator('details > summary');
    for (let index = 0; index < (await folds.count()); index += 1) await folds.nth(index).click();
    await dialog.getByRole('radio', { name: '배치 작업' }).check();
    await expect(dialog.getByText('배치 작업에는 명령이 필요합니다.').first()).toBeVisible();
    await look(page, 'korean-folds', 'launcher');
    // What is left in Latin letters are names, units and examples, no sentences.
    const words = await dialog.evaluate((it) => (it as HTMLElement).innerText);
    expect(
      words
        .match(/\b[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}\b/g)
        ?.filter((it) => !/Fractions|that does|for trying/.test(it)) ?? [],
    ).toEqual([]);
  });
});

test('the rest: a batch job with its limits, ports, a script, a cluster, all taken by the sandbox', async ({
  berth,
}) => {
  test.setTimeout(180_000);
  const { page } = berth;
  const main = new MainPage(page);
  const launcher = new LauncherPage(page);
  await main.ready();
  await launcher.open();

  await test.step('ports that cannot be opened are said, others are opened beforehand', async () => {
    await launcher.box('Environment').fill('shell');
    await launcher.box('Environment').press('Enter');
    await launcher.unfold('Ports opened beforehand');
    await launcher.text('Port 1').fill('7681');
    await launcher.says('sessions use a port of these themselves');
    await launcher.text('Port 1').fill('9500:9501');
    await launcher.text('Name of port 1').fill('My board');
    await expect(launcher.dialog.getByText('Ports 9500:9501 (My board) opened beforehand.')).toBeVisible();
    await launcher.says('Starts now');
    await launcher.unfold('Script before the start');
    await launcher.text('Bootstrap script').fill('echo was-here > bootstrap.txt');
    await look(page, 'ports', 'launcher');
    await launcher.text('Session name').fill('with-ports');
    await launcher.send();
    await main.waitRunning('with-ports');
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control('with-ports', 'Terminal').click()));
    await terminal.ready();
    await terminal.run('cat bootstrap.txt');
    await expect.poll(() => terminal.text()).toContain('was-here');
    await terminal.page.close();
    await main.control('with-ports', 'Apps').click();
    const apps = page.getByRole('dialog', { name: 'Apps of with-ports' });
    await expect(apps.getByRole('button', { name: /9500/ })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('a batch job runs its command and ends by itself', async () => {
    await page.getByRole('button', { name: 'Start session' }).first().click();
    await launcher.says('Starts now');
    await launcher.unfold('Ports opened beforehand');
    await launcher.button('Remove port 1').click();
    await launcher.unfold('Type');
    await launcher.dialog.getByRole('radio', { name: 'Batch job' }).check();
    await launcher.says('A batch job needs a command.');
    await launcher.text('Command').fill('echo done; exit 0');
    await launcher.dialog.getByRole('checkbox', { name: 'End after a time' }).check();
    await launcher.text('Time limit').fill('5');
    await launcher.dialog.getByRole('checkbox', { name: 'Not before a time' }).check();
    await launcher.says('Will wait');
    await expect(launcher.dialog.getByText(/UTC[+-]\d\d:\d\d/).first()).toBeVisible();
    await launcher.dialog.getByLabel('Start time').fill('2020-01-01T00:00');
    await launcher.says('The start time has passed.');
    await look(page, 'batch', 'launcher');
    await launcher.button('Start as soon as possible').click();
    await launcher.says('Starts now');
    await launcher.text('Session name').fill('one-job');
    await launcher.send();
    await main.tab('Finished').click();
    await expect(main.row('one-job')).toBeVisible({ timeout: 60_000 });
    await main.tab('Running').click();
  });

  await test.step('a cluster where the policy allows one', async () => {
    await page.getByRole('button', { name: 'Start session' }).first().click();
    await launcher.unfold('Type');
    await launcher.dialog.getByRole('radio', { name: 'Interactive' }).check();
    await launcher.says('Starts now');
    await launcher.unfold('Cluster and several sessions');
    const size = launcher.text('Containers');
    if (await size.isDisabled()) {
      await expect(launcher.dialog.getByText('Your policy allows one container in a session.')).toBeVisible();
      return;
    }
    await launcher.box('Preset').fill('small');
    await launcher.box('Preset').press('ArrowDown');
    await launcher.box('Preset').press('Enter');
    await size.fill('99');
    await launcher.says('Can never start here');
    await launcher.button(/^\d+ containers?$/).click();
    await size.fill('2');
    await launcher.dialog.getByRole('radio', { name: 'A machine each' }).press('Space');
    await expect(launcher.dialog.getByText(/In all: /)).toBeVisible();
    await look(page, 'cluster', 'launcher');
    await launcher.text('Session name').fill('a-cluster');
    await launcher.send();
    await expect(main.row('a-cluster')).toBeVisible();
  });
});
