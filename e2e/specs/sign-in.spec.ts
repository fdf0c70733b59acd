/** Signing in with keys, what is said when it does not work, and that the secret comes back after a restart. */
import { expect, test } from '../hosts/fixture.ts';
import { startKeyring } from '../hosts/keyring.ts';
import {
  browserHostCommand,
  removeFolder,
  type SandboxInfo,
  scratchFolder,
  startProcess,
  startSandbox,
} from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

async function withSandbox(use: (site: SandboxInfo) => Promise<void>): Promise<void> {
  const folder = scratchFolder();
  const site = await startSandbox(folder);
  try {
    await use(site);
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
}

test('a wrong key is told apart from a wrong address, and nothing typed but the secret is lost', async ({ berth }) => {
  await withSandbox(async (site) => {
    const signIn = new SignInPage(berth.page);
    await signIn.endpoint.fill('http://127.0.0.1:9');
    await expect(berth.page.getByText(/nothing listens at this address/i).first()).toBeVisible();
    const ends = async (name: string | RegExp) => {
      const box = await berth.page.getByRole('button', { name }).boundingBox();
      return { left: box?.x ?? 0, right: (box?.x ?? 0) + (box?.width ?? 0) };
    };
    expect((await ends(/^Connection/)).left).toBeGreaterThan((await ends('Check the connection')).right + 8);
    await signIn.endpoint.fill(site.endpoint);
    await expect(berth.page.getByText(/Backend\.AI \d\d\.\d/).first()).toBeVisible();

    await signIn.fill({ ...site, secretKey: 'x'.repeat(40) });
    await signIn.submit.click();
    await expect(berth.page.getByRole('alert')).toContainText(/key/i);
    await expect(signIn.endpoint).toHaveValue(site.endpoint);
    await expect(signIn.accessKey).toHaveValue(site.accessKey);

    await signIn.secretKey.fill(site.secretKey);
    await signIn.submit.click();
    await new MainPage(berth.page).ready();
  });
});

test('Berth says that without a keychain the secret is kept in memory only, and asks again after a restart', async ({
  context,
  dataDir,
}) => {
  await withSandbox(async (site) => {
    const start = () =>
      startProcess(browserHostCommand(dataDir, ['--secrets', 'os']), /berth ready (http\S+)/, {
        env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', DISPLAY: '' },
      });
    const first = await start();
    const page = await context.newPage();
    await page.goto(first.match[1] ?? '');
    await new SignInPage(page).signIn(site);
    await new MainPage(page).ready();
    await expect(page.getByText(/no keychain that Berth can use/)).toBeVisible();
    expect(await first.stop()).toBe(0);

    const second = await start();
    await page.goto(second.match[1] ?? '');
    await page.getByRole('button', { name: 'Sign in again' }).click();
    const again = new SignInPage(page);
    await expect(again.endpoint).toHaveValue(site.endpoint);
    await expect(again.accessKey).toHaveValue(site.accessKey);
    await again.secretKey.fill(site.secretKey);
    await again.submit.click();
    await expect(page.getByText('No session is running')).toBeVisible();
    expect(await second.stop()).toBe(0);
  });
});

test('with a keychain the sign-in comes back after a restart', async ({ context, dataDir }) => {
  const keyring = await startKeyring();
  try {
    await withSandbox(async (site) => {
      const start = () =>
        startProcess(browserHostCommand(dataDir, ['--secrets', 'os']), /berth ready (http\S+)/, { env: keyring.env });
      const first = await start();
      const page = await context.newPage();
      await page.goto(first.match[1] ?? '');
      await new SignInPage(page).signIn(site);
      await new MainPage(page).ready();
      expect(await first.stop()).toBe(0);

      const second = await start();
      await page.goto(second.match[1] ?? '');
      await new MainPage(page).ready();
      await expect(page.getByText('No session is running')).toBeVisible();
      expect(await second.stop()).toBe(0);
    });
  } finally {
    await keyring.stop();
  }
});
