import { expect, test } from '../hosts/fixture.ts';
import { look, lookBoth } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test.describe('first window', () => {
  test.use({ flags: [] });
  test('is accessible, light and dark', async ({ berth }) => {
    const { page } = berth;
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await lookBoth(page, 'first-window');

    await page.getByRole('radio', { name: 'User account' }).check();
    await lookBoth(page, 'first-window-password');

    await page.getByRole('textbox', { name: 'Endpoint' }).fill('https://127.0.0.1:9');
    await page.getByRole('button', { name: /^Connection/ }).click();
    await page.getByRole('radio', { name: 'This one' }).check();
    await lookBoth(page, 'connection');
  });
});

test('every screen is accessible, light and dark', async ({ berth }) => {
  test.setTimeout(240_000);
  const { page } = berth;
  const main = new MainPage(page);
  await main.ready();
  await lookBoth(page, 'empty');

  await page.getByRole('button', { name: /^Site and account/ }).click();
  await page.getByRole('menuitem', { name: 'Site settings…' }).click();
  await expect(page.getByRole('dialog', { name: /^Site / })).toBeVisible();
  await lookBoth(page, 'site');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Start session' }).first().click();
  await expect(
    page.getByRole('dialog', { name: 'Start a session' }).getByRole('button', { name: 'Launch' }),
  ).toBeEnabled();
  await lookBoth(page, 'start');
  await page.keyboard.press('Escape');

  await main.start({ name: 'train-vit', gpu: '0.5', folders: ['data', 'results'] });
  await main.start({ name: 'notes', folders: ['data'] });
  await main.waitRunning('train-vit');
  await main.waitRunning('notes');
  await main.row('train-vit').click();
  await lookBoth(page, 'sessions');

  const terminal = new TerminalPage(await berth.nextWindow(() => main.control('train-vit', 'Terminal').click()));
  await terminal.ready();
  await terminal.run(
    'clear; ls --color=always; uname -sm; for i in 1 2 3; do echo "epoch $i/10  loss 0.$((2417/i))"; done',
  );
  await expect.poll(() => terminal.text()).toContain('epoch 3/10  loss 0.805');
  await lookBoth(terminal.page, 'terminal');

  await main.control('train-vit', 'Apps').click();
  await expect(page.getByRole('button', { name: 'Jupyter Notebook' })).toBeVisible();
  await lookBoth(page, 'apps');
  await page.keyboard.press('Escape');

  await main.control('train-vit', 'SSH').click();
  await expect(page.getByRole('button', { name: 'Add to SSH configuration' })).toBeVisible();
  await page.getByText('A command without configuration').click();
  await expect(page.getByRole('button', { name: 'Save private key' })).toBeVisible();
  await lookBoth(page, 'ssh');
  await page.keyboard.press('Escape');

  await main.control('train-vit', 'More').click();
  await expect(page.getByRole('menu')).toBeVisible();
  await lookBoth(page, 'more');
  await page.keyboard.press('Escape');

  await main.control('train-vit', 'Terminate').click();
  await expect(page.getByRole('alertdialog', { name: 'Terminate train-vit?' })).toBeVisible();
  await lookBoth(page, 'terminate');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();

  for (const name of ['Folders', 'Transfers', 'Ports', 'Settings'] as const) {
    await main.go(name);
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
    await lookBoth(page, name.toLowerCase());
  }
});

test.describe('Korean', () => {
  test.use({ locale: 'ko-KR' });
  test('speaks Korean from the first screen, and no English is left in the frame', async ({ berth }) => {
    const { page } = berth;
    await expect(page.getByRole('link', { name: '세션' })).toBeVisible({ timeout: 30_000 });
    await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
    await expect(page.getByRole('button', { name: '세션 시작' }).first()).toBeVisible();
    await look(page, 'korean');
    for (const name of ['폴더', '전송', '포트', '설정']) await expect(page.getByRole('link', { name })).toBeVisible();
  });
});
