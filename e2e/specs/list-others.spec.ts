/** Sessions of a project as somebody sees them who is not their owner: whose they are, what was given, and what cannot be done. */
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SessionsList } from '../pages/sessions-list.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

test('an administrator chooses whose sessions, sees the owner and less given than asked, and enters none of them', async ({
  berth,
}) => {
  const { page } = berth;
  const folder = scratchFolder();
  const site = await startSandbox(folder, ['--made-up', '40']);
  try {
    const admin = site.accounts.find(({ kind }) => kind === 'admin');
    await new SignInPage(page).signIn({
      ...site,
      accessKey: admin?.accessKey ?? '',
      secretKey: admin?.secretKey ?? '',
    });
    const main = new MainPage(page);
    await main.ready();
    const list = new SessionsList(page);
    await expect(page.getByText('No session is running')).toBeVisible();
    await list.chooseWhose('Project default');
    await expect(list.rows.first()).toBeVisible();
    const owner = site.accounts.find(({ kind }) => kind === 'main')?.email ?? '';
    const panel = page.getByRole('complementary');

    // One of them was given less of a GPU than it asked for.
    const less = panel.getByText(/asked [01]\.\d fGPU$/);
    await list.rows.first().click();
    await expect(panel).toContainText(`This session belongs to ${owner}.`);
    for (const name of await list.names()) {
      if (!(await list.row(name).innerText()).includes('fGPU')) continue;
      await list.row(name).getByRole('rowheader').click();
      await expect(panel.getByRole('heading', { name })).toBeVisible();
      if (await less.isVisible()) break;
    }
    await expect(less).toBeVisible();
    await expect(less).toHaveAttribute('data-tip', 'Less was given than asked');
    for (const control of ['Apps', 'Terminal', 'SSH'] as const) {
      const button = panel.getByRole('button', { name: control });
      await expect(button).toHaveAttribute('aria-disabled', 'true');
    }
    await expect(panel.getByRole('button', { name: 'Terminal' })).toHaveAccessibleDescription(
      'This session belongs to somebody else.',
    );
    await look(page, 'list-others');

    // The choice is this list's own, and survives a reload.
    await page.reload();
    await main.ready();
    await expect(list.rows.first()).toBeVisible();
    await list.chooseWhose('Mine');
    await expect(page.getByText('No session is running')).toBeVisible();
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
