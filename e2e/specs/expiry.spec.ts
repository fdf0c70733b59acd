/** A sign-in that ends during work: one bar, nothing lost, and everything goes on after signing in again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test.use({ flags: [] });

test('an ended webserver sign-in loses no form, no terminal and no list', async ({ berth }) => {
  const folder = scratchFolder();
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, '{}');
  const site = await startSandbox(join(folder, 'data'), ['--webserver', '--faults', faults]);
  try {
    const { page } = berth;
    const main = new MainPage(page);
    const signIn = new SignInPage(page);
    const person = {
      endpoint: site.webserver ?? '',
      email: site.accounts[0]?.email ?? '',
      password: site.accounts[0]?.password ?? '',
    };
    await signIn.signInAs(person);
    await main.ready();
    await main.start({ name: 'work' });
    await main.waitRunning('work');
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control('work', 'Terminal').click()));
    await terminal.ready();
    await terminal.run('export KEPT=$((40+2))');

    await page.getByRole('button', { name: 'Start session' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Start a session' });
    const name = dialog.getByRole('textbox', { name: 'Session name' });
    await name.fill('half-typed');
    writeFileSync(faults, JSON.stringify({ now: ['expire-logins', 'cut-tunnels', 'cut-connections'] }));

    const bar = page.getByRole('status').filter({ hasText: 'has ended' });
    await expect(bar).toHaveCount(1, { timeout: 30_000 });
    // One for the account, whatever failed meanwhile.
    await expect(page.getByRole('status').filter({ has: page.getByRole('button') })).toHaveCount(1);
    await expect(name).toHaveValue('half-typed');
    await expect(terminal.page.getByText(/signed out of the site/)).toBeVisible();
    await bar.getByRole('button', { name: 'Sign in again' }).click();
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await expect(again.getByRole('textbox', { name: 'Endpoint' })).toHaveValue(person.endpoint);
    await expect(again.getByRole('textbox', { name: 'E-mail' })).toHaveValue(person.email);
    await again.getByRole('textbox', { name: 'Password' }).fill(person.password);
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(again).toBeHidden();
    await expect(bar).toHaveCount(0);

    await expect(name).toHaveValue('half-typed');
    await dialog.getByRole('button', { name: 'Launch' }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
    await main.waitRunning('half-typed');
    await expect(page.getByText(/out of date|as of/i)).toHaveCount(0);
    await terminal.run('echo still=$KEPT=');
    await expect.poll(() => terminal.text(), { timeout: 60_000 }).toContain('still=42=');
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
