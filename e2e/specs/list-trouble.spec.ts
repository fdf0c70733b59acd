/** A site that falls silent or dies: the list stays, says as of when, refuses with the reason, and recovers by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { freePort } from '../hosts/free-port.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { DetailPage } from '../pages/detail-page.ts';
import { MainPage } from '../pages/main-page.ts';
import { SessionsList } from '../pages/sessions-list.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

const asOf = /as of \d\d:\d\d\./;
const whyNot = /works again by itself/;

async function expectRefused(control: Locator): Promise<void> {
  await expect(control).toHaveAttribute('aria-disabled', 'true');
  await expect(control).toHaveAttribute('aria-description', whyNot);
  await expect(control).toHaveAttribute('data-tip', whyNot);
}

async function expectAway(page: Page, name: string): Promise<void> {
  const main = new MainPage(page);
  // A silent site is noticed by the next question to it, which has to time out first.
  await expect(page.getByRole('status').filter({ hasText: asOf })).toBeVisible({ timeout: 60_000 });
  for (const control of ['Apps', 'Terminal', 'SSH', 'Terminate'] as const) {
    await expectRefused(main.control(name, control));
  }
  const start = page.getByRole('button', { name: 'Start session' }).first();
  await expectRefused(start);
  await start.click({ force: true });
  await expect(page.getByRole('dialog')).toBeHidden();
  // The keyboard is refused, too, and a tooltip says why.
  await main.row(name).focus();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await main.control(name, 'Terminate').hover();
  await expect(page.getByText(/Terminate.*works again by itself/s).last()).toBeVisible();
}

/** What changes the session is refused in its menu and its panel, too; a form to fill in is not. */
async function expectRefusedElsewhere(page: Page, name: string): Promise<void> {
  const main = new MainPage(page);
  await main.control(name, 'More').click();
  const rename = page.getByRole('menuitem', { name: 'Rename…' });
  await expectRefused(rename);
  await rename.click({ force: true });
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('menuitem', { name: 'Launch again…' })).not.toHaveAttribute('aria-disabled');
  await page.keyboard.press('Escape');
  await main.row(name).focus();
  await page.keyboard.press('d');
  const { panel } = new DetailPage(page, name);
  await expectRefused(panel.getByRole('button', { name: 'Rename…' }));
  await expectRefused(panel.getByRole('button', { name: 'Save as image…' }));
  await main.row(name).focus();
  await page.keyboard.press('d');
  await expect(panel).toBeHidden();
}

async function expectBack(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: asOf })).toBeHidden({ timeout: 45_000 });
  await expect(new MainPage(page).control(name, 'Terminate')).not.toHaveAttribute('aria-disabled', 'true');
}

test('a site that stops, and one that dies and starts again', async ({ berth }) => {
  test.setTimeout(240_000);
  const folder = scratchFolder();
  // Without events it is asked every few seconds, and so the sooner found silent.
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, JSON.stringify({ rules: [{ on: 'GET /events/session', fault: '404' }] }));
  // The same port when it starts again, and nobody else's meanwhile.
  const flags = ['--made-up', '60', '--port', String(await freePort()), '--faults', faults];
  let site = await startSandbox(folder, flags);
  try {
    const { page } = berth;
    await new SignInPage(page).signIn(site);
    await new MainPage(page).ready();
    const list = new SessionsList(page);
    await expect(list.rows.first()).toBeVisible();
    // The banner takes the place of a row at the bottom.
    const first = async () => (await list.names()).slice(0, 8);
    const names = await first();
    const name = names[1] ?? '';

    const child = site.process.child;
    child.kill('SIGSTOP');
    await expectAway(page, name);
    expect(await first()).toEqual(names);
    child.kill('SIGCONT');
    await expectBack(page, name);

    child.kill('SIGKILL');
    await expectAway(page, name);
    await expectRefusedElsewhere(page, name);
    expect(await first()).toEqual(names);
    site = await startSandbox(folder, flags);
    // This time not waited for.
    await page.getByRole('button', { name: 'Try now' }).click();
    await expectBack(page, name);
    await expect(list.row(name)).toBeVisible();
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
