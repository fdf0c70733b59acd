/** Ten thousand sessions: the list stays quick, finds by typing, keeps its place. */
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

test('a list of 10,000 sessions shows few rows, filters, and keeps tab and find text over a reload', async ({
  berth,
}) => {
  const folder = scratchFolder();
  const site = await startSandbox(folder, ['--made-up', '10000']);
  try {
    const main = new MainPage(berth.page);
    await new SignInPage(berth.page).signIn(site);
    await main.ready();
    await main.tab('Finished').click();
    await expect(main.tab('Finished')).toContainText(/[1-9],?\d{3}/, { timeout: 30_000 });
    await expect(main.table.getByRole('rowheader').first()).toBeVisible();
    expect(await main.table.getByRole('row').count()).toBeLessThan(120);

    const name = (await main.table.getByRole('rowheader').nth(3).innerText()).split('\n')[0]?.trim() ?? '';
    const find = berth.page.getByRole('textbox', { name: 'Find' });
    await find.fill(name);
    await expect(main.row(name)).toBeVisible();
    await berth.page.reload();
    await main.ready();
    await expect(main.tab('Finished')).toHaveAttribute('aria-selected', 'true');
    await expect(berth.page.getByRole('textbox', { name: 'Find' })).toHaveValue(name);
    await expect(main.row(name)).toBeVisible();
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
