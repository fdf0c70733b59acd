/**
 * A session whose SSH server admits the person's own key alone and forwards nothing, on a site that refuses direct
 * WebSockets: the person chooses a key, and Jupyter comes through the app proxy, whose permit no window sees.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { SiteClient } from '../hosts/site-client.ts';
import { JupyterPage } from '../pages/jupyter-page.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test.use({ flags: [] });

const passphrase = 'three words together';

test('an own key for a session that holds none; Jupyter through the app proxy', async ({ berth }) => {
  test.skip(!existsSync('/usr/bin/jupyter-notebook'), 'Jupyter is not on this machine');
  test.setTimeout(120_000);
  const folder = scratchFolder();
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, JSON.stringify({ rules: [{ on: 'GET /stream/session/*/httpproxy', fault: '403' }] }));
  const key = join(folder, 'own');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'me', '-f', key]);
  // As left from before the name was reserved: mounted in every session, and what it admits decides.
  const createdAt = new Date().toISOString();
  const kept = { id: randomUUID(), name: '.ssh', permission: 'rw', usageMode: 'general', cloneable: false };
  writeFileSync(join(folder, 'vfolders.json'), JSON.stringify([{ ...kept, createdAt, status: 'ready' }]));
  mkdirSync(join(folder, 'vfolders', '.ssh'), { recursive: true, mode: 0o700 });
  copyFileSync(`${key}.pub`, join(folder, 'vfolders', '.ssh', 'authorized_keys'));
  const site = await startSandbox(folder, ['--no-forwarding', '--app-proxy', 'port', '--faults', faults]);
  try {
    const { page, context } = berth;
    const bridge: string[] = [];
    const hear = (target: Page) =>
      target.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => bridge.push(payload.toString('latin1')));
        socket.on('framereceived', ({ payload }) => bridge.push(payload.toString('latin1')));
      });
    hear(page);
    context.on('page', hear);
    // Terminal windows speak to the main process from a worker, of which Playwright tells nothing.
    await context.exposeBinding('hearWorker', (_source, text: string) => bridge.push(text));
    await context.addInitScript(() => {
      const hearWorker: (text: string) => void = Reflect.get(globalThis, 'hearWorker');
      const text = (it: unknown) => (it instanceof Uint8Array ? new TextDecoder('latin1').decode(it) : String(it));
      globalThis.Worker = class extends Worker {
        constructor(...how: ConstructorParameters<typeof Worker>) {
          super(...how);
          this.addEventListener('message', ({ data }) => hearWorker(text(data.message)));
        }
        override postMessage(message: unknown): void {
          hearWorker(text(message));
          super.postMessage(message);
        }
      };
    });
    await page.reload();
    await new SignInPage(page).signIn(site);
    const main = new MainPage(page);
    await main.ready();
    await new SiteClient(site).create({
      name: 'own-1',
      image: 'python-jupyter',
      config: { resources: { cpu: '1', mem: '1g' } },
    });
    await main.waitRunning('own-1');

    const dialog = page.getByRole('dialog', { name: 'Choose an SSH key for own-1' });
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control('own-1', 'Terminal').click()));
    await test.step('the key is asked for, then its passphrase', async () => {
      await expect(dialog).toBeVisible({ timeout: 20_000 });
      await dialog.getByRole('textbox', { name: 'Private key file' }).fill(key);
      await dialog.getByRole('button', { name: 'Use this key' }).click();
      const secret = dialog.getByRole('textbox', { name: 'Passphrase' });
      await secret.fill('wrong');
      await dialog.getByRole('button', { name: 'Use this key' }).click();
      await expect(dialog.getByRole('alert')).toContainText('passphrase does not open');
      await expect(secret).toHaveValue('');
      await page.emulateMedia({ colorScheme: 'dark' });
      await look(page, 'own-key-passphrase', 'ways');
      await page.emulateMedia({ colorScheme: 'light' });
      await secret.fill(passphrase);
      await dialog.getByRole('button', { name: 'Use this key' }).click();
      await expect(dialog).toBeHidden();
      await terminal.ready();
    });
    await test.step('Jupyter runs a cell through the app proxy, and Berth says so', async () => {
      await main.control('own-1', 'Apps').click();
      const apps = page.getByRole('dialog', { name: 'Apps of own-1' });
      const window = await berth.nextWindow(() => apps.getByRole('button', { name: /^Jupyter Notebook/ }).click());
      await new JupyterPage(window).runCell('6*7', '42');
      await main.control('own-1', 'Apps').click();
      await expect(apps.getByText(/Jupyter Notebook.* is reached through the site’s own proxy/)).toBeVisible();
      await look(page, 'apps-detour', 'ways');
      await page.keyboard.press('Escape');
      await main.go('Ports');
      await expect(page.getByText('through the site’s own proxy').first()).toBeVisible();
    });
    await test.step('no window has the permit or the key', async () => {
      const cookies = await context.cookies();
      expect(cookies.map(({ name }) => name)).not.toContain('appproxy_permit');
      const body = readFileSync(key, 'utf8').split('\n')[2] ?? '';
      expect(body.length).toBeGreaterThan(40);
      expect(bridge.length).toBeGreaterThan(10);
      const text = bridge.join('\n');
      expect(text).toContain('"terminals.attach"');
      expect(text.includes(body) || text.includes('appproxy_permit')).toBe(false);
      expect(berth.output()).not.toContain(passphrase);
    });
    await test.step('it can be looked at and removed with the site', async () => {
      await page.getByRole('button', { name: /^Site and account/ }).click();
      await page.getByRole('menuitem', { name: /Site settings/ }).click();
      const settings = page.getByRole('dialog', { name: /^Site / });
      await expect(settings.getByText('ssh-ed25519')).toBeVisible();
      await expect(settings.getByText('memory only, until Berth ends')).toBeVisible();
      await look(page, 'site-own-key', 'ways');
      await settings.getByRole('button', { name: 'Remove it' }).click();
      await expect(settings.getByText('ssh-ed25519')).toBeHidden();
    });
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
