/** The SSH dialog gives what OpenSSH's own programs need: the saved key and the command work as they stand. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../hosts/fixture.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

const shell = (command: string, cwd: string) =>
  promisify(execFile)('/bin/sh', ['-c', command], { cwd, timeout: 60_000 });

test('saves the key privately, never over another file unasked, and the command reaches the session', async ({
  berth,
}) => {
  test.skip(!existsSync('/usr/bin/ssh'), 'OpenSSH’s client is not on this machine');
  const { page, dataDir } = berth;
  const main = new MainPage(page);
  await main.ready();
  await main.start({ name: 'ssh-1' });
  await main.waitRunning('ssh-1');
  // The first link pins the host key; the command then insists on it.
  await new TerminalPage(await berth.nextWindow(() => main.control('ssh-1', 'Terminal').click())).ready();

  await main.control('ssh-1', 'SSH').click();
  const dialog = page.getByRole('dialog', { name: /SSH/ });
  await expect(dialog.getByText(/SHA256:/)).toBeVisible();
  const path = join(dataDir, 'keys', 'ssh-1');
  await dialog.getByRole('textbox', { name: /path|Save/i }).fill(path);
  await dialog.getByRole('button', { name: 'Save private key' }).click();
  await expect(dialog.getByText('Saved as')).toContainText(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN [A-Z ]*PRIVATE KEY-----/);

  const command = await dialog.locator('code').first().innerText();
  expect(command).toContain('StrictHostKeyChecking=yes');
  const here = command.replace(/-i \S+/, `-i '${path}'`);
  const { stdout } = await shell(`${here} 'echo over-ssh-$((6*7)); pwd'`, dataDir);
  expect(stdout).toContain('over-ssh-42');

  writeFileSync(path, 'something of the person');
  await dialog.getByRole('button', { name: 'Save private key' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  expect(readFileSync(path, 'utf8')).toBe('something of the person');
});
