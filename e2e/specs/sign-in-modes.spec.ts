/** Signing in by e-mail and password: through a webserver and at a manager, with all that a site may want on the way. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type RunningBerth, test } from '../hosts/fixture.ts';
import { removeFolder, type SandboxAccount, type SandboxInfo, scratchFolder, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { oneTimeCode, SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

async function withSandbox(use: (site: SandboxInfo) => Promise<void>): Promise<void> {
  const folder = scratchFolder();
  const site = await startSandbox(folder, ['--webserver']);
  try {
    await use(site);
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
}

function accountOf(site: SandboxInfo, kind: SandboxAccount['kind']): SandboxAccount {
  const found = site.accounts.find((it) => it.kind === kind);
  if (!found) throw new Error(`The sandbox has no account ${kind}`);
  return found;
}

async function signOut({ page }: RunningBerth): Promise<void> {
  await page.getByRole('button', { name: /^Site and account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}

/** Text of every file below a folder. */
function allText(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

test('a webserver asks for what it needs: password, one-time code, its set-up, a new password', async ({ berth }) => {
  await withSandbox(async (site) => {
    const endpoint = site.webserver ?? '';
    const { page } = berth;
    const signIn = new SignInPage(page);
    const main = new MainPage(page);
    const signInAs = (account: SandboxAccount, password = account.password) =>
      signIn.signInAs({ endpoint, email: account.email, password });
    const plain = accountOf(site, 'main');
    await test.step('a wrong password is told, and only the password is typed again', async () => {
      await signInAs(plain, 'not-the-password');
      await expect(page.getByRole('alert')).toContainText('does not accept this e-mail and password');
      await expect(signIn.email).toHaveValue(plain.email);
      await expect(signIn.accessKey).toBeHidden();
      await signIn.password.fill(plain.password);
      await signIn.submit.click();
      await main.ready();
      await expect(page.getByText('No session is running')).toBeVisible();
      await signOut(berth);
    });
    await test.step('a one-time code, wrong and right', async () => {
      const account = accountOf(site, 'one-time-code');
      await signInAs(account);
      await signIn.code.fill('000000');
      await signIn.submit.click();
      await expect(page.getByText('did not take that code')).toBeVisible();
      await signIn.code.fill(oneTimeCode(account.totpSecret ?? ''));
      await signIn.submit.click();
      await main.ready();
      await signOut(berth);
    });
    await test.step('an expired password is changed on the way in', async () => {
      const account = accountOf(site, 'expired-password');
      await signInAs(account);
      const [first, second] = ['New password', 'New password, again'].map((name) =>
        page.getByRole('textbox', { name, exact: true }),
      );
      const change = async (one: string, two: string) => {
        await first?.fill(one);
        await second?.fill(two);
        await page.getByRole('button', { name: 'Change password and sign in' }).click();
      };
      await change('longer-than-before-1', 'something-else');
      await expect(page.getByText('The two are not the same.')).toBeVisible();
      await change('short', 'short');
      await expect(page.getByRole('alert')).toContainText('too short');
      await change('longer-than-before-1', 'longer-than-before-1');
      await main.ready();
      await signOut(berth);
    });
    await test.step('a second factor is set up on the way in', async () => {
      const account = accountOf(site, 'must-enrol');
      await signInAs(account);
      await expect(page.getByText('The site wants a second factor')).toBeVisible();
      const key = (await page.locator('code').first().textContent()) ?? '';
      expect(key.replace(/\s/g, '')).toMatch(/^[A-Z2-7]{16,}$/);
      await signIn.code.fill(oneTimeCode(key));
      await signIn.submit.click();
      await main.ready();
    });
    const written = allText(berth.dataDir);
    for (const account of site.accounts) expect(written).not.toContain(account.password);
    expect(berth.output()).not.toContain(plain.password);
  });
});

test('a clock that is an hour off is measured, told and allowed for', async ({ berth }) => {
  const folder = scratchFolder();
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, JSON.stringify({ clockSkewSeconds: 3600 }));
  const site = await startSandbox(join(folder, 'data'), ['--faults', faults]);
  try {
    const { page } = berth;
    const signIn = new SignInPage(page);
    await signIn.endpoint.fill(site.endpoint);
    await expect(page.getByText('This computer’s clock is 60 min behind the site’s')).toBeVisible();
    await signIn.signIn(site);
    await new MainPage(page).ready();
    await expect(page.getByText('No session is running')).toBeVisible();
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});

test('a manager alone also takes e-mail and password, and its address can be forgotten', async ({ berth }) => {
  await withSandbox(async (site) => {
    const { page } = berth;
    const signIn = new SignInPage(page);
    const account = accountOf(site, 'main');
    await signIn.endpoint.fill(site.endpoint);
    await page.getByRole('radio', { name: 'User account' }).check();
    await signIn.email.fill(account.email);
    await signIn.password.fill(account.password);
    await expect(page.getByRole('textbox', { name: 'Domain' })).toHaveValue('default');
    await signIn.submit.click();
    await new MainPage(page).ready();
    await expect(page.getByText('No session is running')).toBeVisible();
    await signOut(berth);
    await page.getByRole('button', { name: `Forget ${site.endpoint}` }).click();
    await expect(page.getByRole('button', { name: site.endpoint, exact: true })).toBeHidden();
  });
});
