/** A site with a certificate that nobody vouches for: shown, compared, pinned; and another one stops everything. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

/** A self-signed certificate for this computer. */
function makeCertificate(folder: string, name: string): { key: string; cert: string } {
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${name}`.split(' ');
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...args, ...files], { cwd: folder, stdio: 'ignore' });
  return {
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
  };
}

test('a self-signed certificate is looked at and pinned; a changed one is not talked to', async ({ berth }) => {
  const folder = scratchFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  const site = await startSandbox(data);
  const [first, second] = [makeCertificate(folder, 'first'), makeCertificate(folder, 'second')];
  const sockets = new Set<Socket>();
  const door = createServer(first, (outer) => {
    const inner = connect(Number(new URL(site.endpoint).port), '127.0.0.1');
    for (const end of [outer, inner]) {
      sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        sockets.delete(end);
        outer.destroy();
        inner.destroy();
      });
    }
    outer.pipe(inner).pipe(outer);
  });
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
  const endpoint = `https://127.0.0.1:${(door.address() as AddressInfo).port}`;
  try {
    const { page } = berth;
    const signIn = new SignInPage(page);
    await signIn.endpoint.fill(endpoint);
    await expect(page.getByRole('status').filter({ hasText: 'signed itself' })).toBeVisible();
    await page.getByRole('button', { name: /^Connection/ }).click();
    const dialog = page.getByRole('dialog', { name: `Connection to ${endpoint}` });
    await dialog.getByRole('button', { name: 'Look at the site’s certificate' }).click();
    await expect(dialog.getByText(new X509Certificate(first.cert).fingerprint256)).toBeVisible();
    await expect(dialog.getByText('CN=first')).toBeVisible();
    await dialog.getByRole('button', { name: 'Trust exactly this certificate' }).click();
    await expect(dialog.getByText('only while it shows this certificate')).toBeVisible();
    // A proxy's password crosses to the main process and stays in no box.
    await dialog.getByRole('radio', { name: 'This one' }).check();
    await dialog.getByRole('textbox', { name: 'Proxy address' }).fill('127.0.0.1:9');
    await dialog.getByRole('textbox', { name: 'Proxy user' }).fill('kim');
    const password = dialog.getByRole('textbox', { name: 'Proxy password' });
    // Once more with another password alone: then the form is still the same one.
    for (const typed of ['canary-proxy-password', 'canary-of-another-one']) {
      await password.fill(typed);
      await dialog.getByRole('button', { name: 'Use this proxy' }).click();
      await expect(dialog.getByText('Requests go through')).toBeVisible();
      await expect(password).toHaveValue('');
    }
    await dialog.getByRole('radio', { name: 'None' }).check();
    await expect(dialog.getByText('Requests go straight to the site.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByText(/Backend\.AI \d\d\.\d/).first()).toBeVisible();
    await signIn.signIn({ ...site, endpoint });
    const main = new MainPage(page);
    await main.ready();
    await expect(page.getByText('No session is running')).toBeVisible();

    door.setSecureContext(second);
    for (const socket of sockets) socket.destroy();
    const bar = page.getByRole('status').filter({ hasText: 'another certificate than the one you pinned' });
    await expect(bar).toHaveCount(1, { timeout: 60_000 });
    await bar.getByRole('button', { name: 'Connection…' }).click();
    await dialog.getByRole('button', { name: 'Look at the site’s certificate' }).click();
    await expect(dialog.getByText('The site now shows another one.')).toBeVisible();
    await expect(dialog.getByText(new X509Certificate(second.cert).fingerprint256)).toBeVisible();
    await dialog.getByRole('button', { name: 'Trust exactly this certificate' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(bar).toHaveCount(0, { timeout: 30_000 });
    await main.start({ name: 'over-tls' });
    await main.waitRunning('over-tls');
  } finally {
    for (const socket of sockets) socket.destroy();
    door.close();
    await site.process.stop();
    removeFolder(folder);
  }
});
