/** Ending sessions without losing work: looking, keeping by download and by copy, and saying when it could not look. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, type RunningBerth, test } from '../hosts/fixture.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';
import { TerminateDialog } from '../pages/terminate-page.ts';

/** Runs commands in the session's terminal and closes it. */
async function inSession(berth: RunningBerth, main: MainPage, name: string, commands: string): Promise<void> {
  const terminal = new TerminalPage(await berth.nextWindow(() => main.control(name, 'Terminal').click()));
  await terminal.ready();
  await terminal.run(`${commands}; echo all-$((6*7))-done`);
  await expect.poll(() => terminal.text(), { timeout: 20_000 }).toContain('all-42-done');
  await terminal.page.close();
}

/** Where a file of the sandbox really is. */
function fileOf(dataDir: string, path: string): string {
  return execFileSync('find', [join(dataDir, 'sandbox'), '-path', `*/${path}`], { encoding: 'utf8' }).trim();
}

test('keeps chosen files on this computer, then ends; and copies to a mounted folder, then ends', async ({ berth }) => {
  test.setTimeout(180_000);
  const main = new MainPage(berth.page);
  await main.ready();
  await main.start({ name: 'keep-1', folders: ['data'] });
  await main.start({ name: 'keep-2', folders: ['results'] });
  await main.waitRunning('keep-1');
  await main.waitRunning('keep-2');
  await inSession(
    berth,
    main,
    'keep-1',
    'mkdir -p runs/a; echo weights > runs/a/model.bin; echo junk > runs/junk.tmp; echo note > note.txt; echo safe > data/safe.txt; ln -s data/safe.txt link',
  );

  const downloads = join(berth.dataDir, 'kept');
  const one = new TerminateDialog(berth.page, 'Terminate keep-1?');
  await main.control('keep-1', 'Terminate').click();
  await expect(one.button('Terminate')).toBeEnabled();
  const opened = await one.button('Terminate').boundingBox();
  await one.finds(/^3 files \(18 B\) outside mounted folders changed since start$/);
  await expect(one.item('model.bin')).toBeVisible();
  await expect(one.item('safe.txt')).toHaveCount(0);
  // What comes in above the buttons must not move them below somebody's pointer (4 px are the opening's own motion).
  const filled = await one.button('Terminate').boundingBox();
  expect(Math.abs((filled?.y ?? 0) - (opened?.y ?? Number.NaN))).toBeLessThanOrEqual(4);
  await look(berth.page, 'terminate-found');
  await one.button('Keep files...').click();
  await one.item('junk.tmp').click();
  await expect(one.item('junk.tmp')).toHaveAttribute('aria-checked', 'false');
  await expect(one.item('runs')).toHaveAttribute('aria-checked', 'mixed');
  await one.dialog.getByRole('textbox', { name: 'Folder on this computer' }).fill(downloads);
  await look(berth.page, 'terminate-keep');
  await expect(one.keepButton()).toHaveText('Keep 2 files, then end');
  await one.keepButton().click();
  await expect(one.dialog).toBeHidden({ timeout: 30_000 });
  await expect(main.row('keep-1')).toBeHidden({ timeout: 30_000 });
  expect(readFileSync(join(downloads, 'keep-1', 'runs', 'a', 'model.bin'), 'utf8')).toBe('weights\n');
  expect(readdirSync(join(downloads, 'keep-1')).sort()).toEqual(['note.txt', 'runs']);
  expect(existsSync(join(downloads, 'keep-1', 'runs', 'junk.tmp'))).toBe(false);

  // Its home is the only one that is left.
  const home = dirname(fileOf(berth.dataDir, 'work/.mounts'));
  writeFileSync(join(home, 'two.txt'), 'two\n');
  const two = new TerminateDialog(berth.page, 'Terminate keep-2?');
  await main.row('keep-2').getByRole('rowheader').click();
  await berth.page.keyboard.press('Delete');
  await two.finds(/^1 file \(4 B\)/);
  // What is made while somebody reads is told before it is lost.
  writeFileSync(join(home, 'late.txt'), 'late\n');
  await two.button('Terminate').click();
  await two.finds(/Since then 1 more file \(5 B\) was made: late.txt/);
  await two.finds(/^2 files \(9 B\)/);
  await look(berth.page, 'terminate-second-look');
  await two.button('Keep files...').click();
  await two.dialog.getByRole('radio', { name: 'in a mounted folder of the session' }).check();
  await two.keepButton().click();
  await expect(two.dialog).toBeHidden({ timeout: 30_000 });
  await expect(main.row('keep-2')).toBeHidden({ timeout: 30_000 });
  expect(readFileSync(fileOf(berth.dataDir, 'from-keep-2/two.txt'), 'utf8')).toBe('two\n');
  expect(readFileSync(fileOf(berth.dataDir, 'from-keep-2/late.txt'), 'utf8')).toBe('late\n');

  await main.go('Transfers');
  const table = berth.page.getByRole('table', { name: 'Transfers' });
  await expect(table.getByRole('row').filter({ hasText: 'keep-1' })).toContainText('the session was ended');
  await expect(table.getByRole('row').filter({ hasText: 'keep-2' })).toContainText('2 / 2 files');
  await look(berth.page, 'transfers');
  await table.getByRole('row').filter({ hasText: 'keep-1' }).getByRole('button', { name: 'Remove from list' }).click();
  await expect(table.getByRole('row').filter({ hasText: 'keep-1' })).toHaveCount(0);
});

test('ends many at once: each with its own figure, those without loss first, then the rest', async ({ berth }) => {
  test.setTimeout(180_000);
  const main = new MainPage(berth.page);
  await main.ready();
  for (const name of ['many-1', 'many-2']) await main.start({ name });
  for (const name of ['many-1', 'many-2']) await main.waitRunning(name);
  await inSession(berth, main, 'many-2', 'echo work > work.txt; truncate -s 400M large');
  await main.table.getByRole('checkbox', { name: 'Select all' }).check();
  await berth.page.getByRole('button', { name: 'Terminate selected' }).click();
  const dialog = new TerminateDialog(berth.page, 'Terminate 2 sessions?');
  const row = (name: string) => dialog.dialog.getByRole('listitem').filter({ hasText: name });
  await expect(row('many-2')).toContainText('2 files (400 MiB) outside mounted folders changed since start', {
    timeout: 30_000,
  });
  await expect(row('many-1')).toContainText('No file outside mounted folders changed');
  await look(berth.page, 'terminate-many');
  await dialog.dialog.getByRole('button', { name: 'Only 1 without loss' }).click();
  await expect(row('many-1')).toContainText('ended');
  await expect(main.row('many-1')).toBeHidden({ timeout: 30_000 });

  // Its files are looked at and kept from here, then it ends; meanwhile the transfer is paused and goes on.
  await row('many-2').getByRole('button', { name: 'Keep files of many-2...' }).click();
  const one = new TerminateDialog(berth.page, 'Terminate many-2?');
  await one.finds(/^2 files \(400 MiB\)/);
  await one.button('Keep files...').click();
  await one.dialog.getByRole('textbox', { name: 'Folder on this computer' }).fill(join(berth.dataDir, 'kept'));
  await one.keepButton().click();
  await one.button('Close').click();
  await dialog.button('Cancel').click();
  await main.go('Transfers');
  const transfer = berth.page.getByRole('table', { name: 'Transfers' }).getByRole('row').filter({ hasText: 'many-2' });
  await transfer.getByRole('button', { name: 'Pause' }).click();
  await expect(transfer).toContainText('Paused');
  const far = await transfer.getByText(/of 400 MiB|\/ 400 MiB/).innerText();
  expect(far).not.toMatch(/^400 MiB/);
  await transfer.getByRole('button', { name: 'Resume' }).click();
  await expect(transfer).toContainText('the session was ended', { timeout: 60_000 });
  await main.go('Sessions');
  await expect(main.row('many-2')).toBeHidden();
});

test('speaks Korean', async ({ berth }) => {
  const main = new MainPage(berth.page);
  await main.ready();
  await main.start({ name: 'hangul' });
  await main.waitRunning('hangul');
  writeFileSync(join(dirname(fileOf(berth.dataDir, 'work/.mounts')), 'one.txt'), '1\n');
  await main.go('Settings');
  await berth.page.getByText('한국어').click();
  await berth.page.getByRole('link', { name: '세션' }).click();
  await berth.page.getByRole('row').filter({ hasText: 'hangul' }).getByRole('button', { name: '종료' }).click();
  const dialog = berth.page.getByRole('alertdialog', { name: 'hangul 세션을 종료할까요?' });
  await expect(dialog.getByText('마운트한 폴더 밖에서 시작 이후 바뀐 파일 1개(2 B)')).toBeVisible({ timeout: 30_000 });
  await dialog.getByRole('button', { name: '파일 보관...' }).click();
  await expect(dialog.getByRole('button', { name: '파일 1개를 보관하고 끝내기' })).toBeEnabled();
  await look(berth.page, 'terminate-keep-ko');
});

/** The session's key cannot be read, so there is no way in; and the first end is refused. */
const faultScript = JSON.stringify({
  rules: [
    { fault: '404', on: '* /session/*/download_single' },
    { fault: '403', on: 'DELETE /session/*', count: 1 },
  ],
});

test.describe('without the sandbox that comes with Berth', () => {
  test.use({ flags: [] });
  test('says why it could not look, and ends all the same; of many it says which did not end', async ({ berth }) => {
    test.setTimeout(120_000);
    const folder = scratchFolder();
    const faults = join(folder, 'faults.json');
    writeFileSync(faults, faultScript);
    const site = await startSandbox(folder, ['--faults', faults]);
    try {
      const main = new MainPage(berth.page);
      await new SignInPage(berth.page).signIn(site);
      await main.ready();
      await main.start({ name: 'unseen' });
      await main.waitRunning('unseen');
      await main.start({ name: 'with-it' });
      await main.waitRunning('with-it');
      await main.table.getByRole('checkbox', { name: 'Select all' }).check();
      await berth.page.getByRole('button', { name: 'Terminate selected' }).click();
      const many = new TerminateDialog(berth.page, 'Terminate 2 sessions?');
      await many.finds(/This cannot be undone/);
      await many.button('Terminate').click();
      await many.finds(/^1 of 2 ended, 1 not\.$/);
      const refused = many.dialog.getByRole('listitem').filter({ hasText: 'not ended: This account may not do that' });
      await expect(refused).toContainText(/^(unseen|with-it)/);
      const name = (await refused.innerText()).startsWith('unseen') ? 'unseen' : 'with-it';
      await look(berth.page, 'terminate-mixed');
      await many.button('Close').click();
      await expect(main.table.getByRole('checkbox', { name: `Select ${name}` })).toBeChecked();
      const dialog = new TerminateDialog(berth.page, `Terminate ${name}?`);
      await main.control(name, 'Terminate').click();
      await dialog.finds(/Berth could not look for files that would be lost/);
      await look(berth.page, 'terminate-could-not-look');
      await expect(dialog.button('Keep files...')).toBeDisabled();
      await dialog.button('Terminate').click();
      for (const ended of ['unseen', 'with-it']) await expect(main.row(ended)).toBeHidden({ timeout: 30_000 });
    } finally {
      await site.process.stop();
      removeFolder(folder);
    }
  });

  test('ends several by force at once where the site takes nothing else, and says which it did not', async ({
    berth,
  }) => {
    test.setTimeout(120_000);
    const folder = scratchFolder();
    const faults = join(folder, 'faults.json');
    // Managers of old refuse the plain end of what is starting.
    const rules = [{ fault: '403', on: 'DELETE /session/*', count: 1 }];
    writeFileSync(faults, JSON.stringify({ rules }));
    const site = await startSandbox(folder, ['--manager', 'legacy', '--pace', '8000', '--faults', faults]);
    try {
      const main = new MainPage(berth.page);
      await new SignInPage(berth.page).signIn(site);
      await main.ready();
      for (const name of ['stuck-1', 'stuck-2']) await main.start({ name });
      for (const name of ['stuck-1', 'stuck-2'])
        await expect(main.row(name)).toContainText('Scheduled', { timeout: 60_000 });
      await main.table.getByRole('checkbox', { name: 'Select all' }).check();
      await berth.page.getByRole('button', { name: 'Terminate selected' }).click();
      const many = new TerminateDialog(berth.page, 'Terminate 2 sessions?');
      await expect(many.dialog.getByText(/This site refuses to end a session that is in state [A-Z]+/)).toHaveCount(2);
      await look(berth.page, 'terminate-many-refused');
      await many.dialog.getByRole('button', { name: 'End 2 by force…' }).click();
      const forced = new TerminateDialog(berth.page, 'Force terminate 2 sessions?');
      await forced.finds(/nobody can look for them first/);
      await forced.button('Terminate').click();
      await expect(forced.dialog.getByText(/: ended$/)).toHaveCount(1);
      await forced.finds(/: not ended: This account may not do that/);
      await look(berth.page, 'terminate-many-forced');
      await forced.button('Terminate').click();
      for (const name of ['stuck-1', 'stuck-2']) await expect(main.row(name)).toBeHidden({ timeout: 30_000 });
    } finally {
      await site.process.stop();
      removeFolder(folder);
    }
  });
});
