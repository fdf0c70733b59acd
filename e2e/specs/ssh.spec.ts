/** The SSH dialog: one click puts the session into the SSH configuration and one takes it out; or a key file and a command. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../hosts/fixture.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';

test.use({ ownHome: true });

const shell = (command: string, cwd: string) =>
  promisify(execFile)('/bin/sh', ['-c', command], { cwd, timeout: 60_000 });

test('adds a session to the SSH configuration and takes it out, and saves the key privately where asked', async ({
  berth,
}) => {
  test.skip(!existsSync('/usr/bin/ssh'), 'OpenSSH’s client is not on this machine');
  const { page, dataDir } = berth;
  const config = join(dataDir, 'home', '.ssh', 'config');
  const mine = 'Host mine\n  User me';
  mkdirSync(join(dataDir, 'home', '.ssh'), { mode: 0o700 });
  writeFileSync(config, mine, { mode: 0o600 });
  const main = new MainPage(page);
  await main.ready();
  await main.start({ name: 'ssh-1' });
  await main.waitRunning('ssh-1');

  await main.control('ssh-1', 'SSH').click();
  const dialog = page.getByRole('dialog', { name: /SSH/ });
  await expect(dialog.getByRole('radio', { name: 'Berth, in memory' })).toBeChecked();
  await look(page, 'ssh-dialog');
  await dialog.getByRole('button', { name: 'Add to SSH configuration' }).click();
  await expect(dialog.getByRole('status').filter({ hasText: 'In your SSH configuration' })).toBeVisible();
  await expect(dialog.getByText(/SHA256:/)).toBeVisible();
  expect(readFileSync(config, 'utf8')).toMatch(/^Include ".*\/ssh\/config"\nHost mine\n {2}User me$/);
  const ssh = `ssh -F '${config}'`;
  expect((await shell(`${ssh} ssh-1 'echo over-ssh-$((6*7))'`, dataDir)).stdout).toBe('over-ssh-42\n');
  expect(readdirSync(join(dataDir, 'ssh', 'sessions'), { recursive: true })).not.toContainEqual(
    expect.stringMatching(/\/key$/),
  );
  await look(page, 'ssh-dialog-added');

  await dialog.getByText('A command without configuration').click();
  const path = join(dataDir, 'keys', 'ssh-1');
  await dialog.getByRole('textbox', { name: 'Save the key as' }).fill(path);
  await dialog.getByRole('button', { name: 'Save private key' }).click();
  await expect(dialog.getByText('Saved as')).toContainText(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  const command = await dialog.locator('code', { hasText: 'ProxyCommand' }).innerText();
  expect(command).toContain('StrictHostKeyChecking=yes');
  const here = command.replace(/-i \S+/, `-i '${path}'`);
  expect((await shell(`${here} 'echo over-ssh-$((6*7))'`, dataDir)).stdout).toContain('over-ssh-42');
  writeFileSync(path, 'something of the person');
  await dialog.getByRole('button', { name: 'Save private key' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  expect(readFileSync(path, 'utf8')).toBe('something of the person');

  await dialog.getByRole('button', { name: 'Remove from SSH configuration' }).click();
  await expect(dialog.getByRole('button', { name: 'Add to SSH configuration' })).toBeVisible();
  expect(readFileSync(config, 'utf8')).toBe(mine);
  await expect(shell(`${ssh} -o ConnectTimeout=2 ssh-1 true`, dataDir)).rejects.toThrow('resolve hostname');
});
