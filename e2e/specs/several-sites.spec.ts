/** Two sites and two accounts at once: each with its own colour and state, each left where it was. */
import { expect, test } from '../hosts/fixture.ts';
import { browserHostCommand, removeFolder, scratchFolder, startProcess, startSandbox } from '../hosts/process.ts';
import { DetailPage } from '../pages/detail-page.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

test('sites stand side by side, and one that is away does not disturb the other', async ({ berth }) => {
  const folders = [scratchFolder(), scratchFolder()];
  const [one, two] = await Promise.all(folders.map((folder) => startSandbox(folder, ['--webserver'])));
  if (!one || !two) throw new Error('Two sandboxes were started');
  try {
    const { page } = berth;
    const main = new MainPage(page);
    const signIn = new SignInPage(page);
    const switcher = page.getByRole('button', { name: /^Site and account/ });
    const choose = async (text: string | RegExp) => {
      await switcher.click();
      await page
        .getByRole('menuitemradio')
        .or(page.getByRole('menuitemcheckbox'))
        .or(page.getByRole('menuitem'))
        .filter({ hasText: text })
        .first()
        .click();
    };
    await signIn.signIn(one);
    await main.ready();
    await main.start({ name: 'on-one' });
    await main.waitRunning('on-one');
    await page.getByPlaceholder(/find/i).first().fill('on-');
    await test.step('another account is added over the page', async () => {
      await choose('Add another account');
      const dialog = page.getByRole('dialog', { name: 'Sign in' });
      await expect(dialog).toBeVisible();
      await expect(main.row('on-one')).toBeAttached();
      await signIn.signInAs({
        endpoint: two.webserver ?? '',
        email: two.accounts[0]?.email ?? '',
        password: two.accounts[0]?.password ?? '',
      });
      await expect(dialog).toBeHidden();
      await expect(page.getByText('No session is running')).toBeVisible();
    });
    await test.step('each has a name and a colour of its own', async () => {
      await choose('Site settings');
      const settings = page.getByRole('dialog', { name: /^Site / });
      await settings.getByRole('textbox', { name: 'Name' }).fill('Second lab');
      await settings.getByRole('radio', { name: 'Colour 6' }).check();
      await expect(settings.getByText('Requests go straight to the site.')).toBeVisible();
      await settings.getByRole('button', { name: 'Done' }).click();
      await expect(switcher).toHaveAccessibleName(/Second lab/);
      await expect
        .poll(() => page.evaluate(() => document.documentElement.style.getPropertyValue('--site')))
        .toBe('#1a7f37');
    });
    await test.step('switching keeps each account’s place', async () => {
      await main.go('Folders');
      await choose(new URL(one.endpoint).host);
      await expect(main.row('on-one')).toBeVisible();
      await expect(page.getByPlaceholder(/find/i).first()).toHaveValue('on-');
      await choose('Second lab');
      await expect(page.getByRole('heading', { name: 'Folders' })).toBeVisible();
    });
    await test.step('a link shows a session of the site that it names; reload, back and forward keep it', async () => {
      await berth.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const find = page.getByPlaceholder(/find/i).first();
      const panel = new DetailPage(page, 'on-one').panel;
      await choose(new URL(one.endpoint).host);
      await main.row('on-one').click();
      await panel.getByRole('button', { name: 'Copy link' }).click();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      expect(link).toContain(`berth://session?site=${encodeURIComponent(new URL(one.endpoint).host)}&id=`);
      await choose('Second lab');
      await main.go('Sessions');
      await find.fill(link);
      await expect(panel).toBeVisible();
      await expect(find).toHaveValue('on-');
      await expect(switcher).toContainText(new URL(one.endpoint).host);
      await page.reload();
      await expect(panel).toBeVisible();
      await page.goBack();
      await expect(panel).toBeHidden();
      await page.goForward();
      await expect(panel).toBeVisible();
      await choose('Second lab');
      await expect(panel).toBeHidden();
      await page.goBack();
      await expect(panel).toBeVisible();
      await expect(switcher).toContainText(new URL(one.endpoint).host);
      await page.keyboard.press('Escape');
      await expect(panel).toBeHidden();
      await expect(main.row('on-one')).toBeVisible();

      // Where there is none, and where the site has one that this account may not see: the same words.
      const unknown = link.replace(/id=.*/, 'id=5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13');
      await find.fill(unknown);
      await expect(page.getByRole('complementary').getByRole('alert')).toContainText('No session to show here');
      await look(page, 'link-missing-light');
      await page.keyboard.press('Escape');
      // A second start hands its link over, and only shows where it leads.
      const [node = '', script = '', ...flags] = browserHostCommand(berth.dataDir);
      const elsewhere = 'berth://session?site=lab-x.example.org&id=5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13';
      const other = await startProcess([node, script, 'launch', elsewhere, ...flags], /berth ready/);
      await other.stop();
      const banner = page.getByRole('status').filter({ hasText: 'This link is for lab-x.example.org' });
      await expect(banner).toContainText('Nothing was opened.');
      await banner.getByRole('button', { name: 'Hide' }).click();
      await expect(banner).toBeHidden();
      await choose('Second lab');
    });
    await test.step('a site that goes away is told, and the other works on', async () => {
      await two.process.stop();
      await expect(switcher).toContainText('cannot be reached', { timeout: 60_000 });
      await choose(new URL(one.endpoint).host);
      await main.start({ name: 'on-two' });
      await main.waitRunning('on-two');
      await switcher.click();
      await expect(page.getByRole('menu')).toContainText('cannot be reached');
    });
  } finally {
    await Promise.all([one.process.stop(), two.process.stop()]);
    for (const folder of folders) removeFolder(folder);
  }
});
