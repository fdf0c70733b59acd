/** Launches kept and carried: recent ones, files, the command line, a draft that survives, and what opens by itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { browserHostCommand, startBrowserHost, startProcess } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { StartDialog } from '../pages/start-dialog.ts';

test('a launch opens its terminal by itself, and comes back from the list, a file and its own row', async ({
  berth,
}) => {
  const main = new MainPage(berth.page);
  const start = new StartDialog(berth.page);
  await main.ready();

  await test.step('launch, with a terminal to open when it runs', async () => {
    await start.open();
    await start.name.fill('recipe-1');
    await start.dialog.getByRole('group', { name: 'Folders to mount' }).getByRole('checkbox', { name: 'data' }).check();
    await start.dialog.getByRole('combobox', { name: 'Open when running' }).click();
    await berth.page.getByRole('option', { name: 'Terminal' }).click();
    const window = await berth.nextWindow(() => start.launch.click());
    await expect(window).toHaveTitle(/recipe-1 · Terminal/, { timeout: 60_000 });
    await main.waitRunning('recipe-1');
  });

  await test.step('the list of recent launches gives it back, under a free name', async () => {
    await start.open();
    const recent = await start.openRecent();
    await recent.getByRole('textbox', { name: 'Find' }).fill('recipe data');
    await recent.getByRole('button', { name: 'Use recipe-1' }).click();
    await expect(start.name).toHaveValue('recipe-2');
    await expect(start.changes).toContainText('The name recipe-1 is taken');
    await expect(
      start.dialog.getByRole('group', { name: 'Folders to mount' }).getByRole('checkbox', { name: 'data' }),
    ).toBeChecked();
  });

  await test.step('saved as a file it holds what was chosen and no secret; opened again it is checked', async () => {
    const downloaded = berth.page.waitForEvent('download');
    await start.dialog.getByRole('button', { name: 'Save…' }).click();
    await berth.page.getByRole('menuitem', { name: 'Save as a file' }).click();
    const text = readFileSync(await (await downloaded).path(), 'utf8');
    const recipe = JSON.parse(text);
    // What was left to Berth is written as what it chose: tomorrow's default may be another.
    expect(recipe).toMatchObject({
      berthRecipe: 1,
      launch: { name: 'recipe-2', resourceGroup: 'default', version: expect.stringContaining('python') },
    });
    recipe.launch.mounts.push({ id: 'x', name: 'not-here', alias: '', readOnly: false });
    recipe.launch.resourceGroup = 'of-another-site';
    const file = join(berth.dataDir, 'changed.berth.json');
    writeFileSync(file, JSON.stringify(recipe));
    const recent = await start.openRecent();
    await recent.locator('input[type=file]').setInputFiles(file);
    await expect(start.changes).toContainText('There is no resource group of-another-site');
    await expect(start.changes).toContainText('There is no folder not-here');
  });

  await test.step('its row offers to launch it again', async () => {
    await berth.page.keyboard.press('Escape');
    await main.control('recipe-1', 'More').click();
    await berth.page.getByRole('menuitem', { name: 'Launch again…' }).click();
    await expect(start.name).toHaveValue('recipe-2');
    await expect(start.changes).not.toContainText('not-here');
    // It was asked for once: coming back to the list opens no form, and an opened one has what was typed since.
    await start.name.fill('typed-since');
    await berth.page.keyboard.press('Escape');
    await main.go('Folders');
    await main.go('Sessions');
    await expect(main.row('recipe-1')).toBeVisible();
    await expect(start.dialog).toBeHidden();
    await start.open();
    await expect(start.name).toHaveValue('typed-since');
  });
});

test('a launch file on the command line opens as a form, also where Berth runs already', async ({
  context,
  dataDir,
}) => {
  const file = join(dataDir, 'vit.berth.json');
  writeFileSync(file, JSON.stringify({ berthRecipe: 1, title: 'ViT', launch: { name: 'from-file' } }));
  const first = await startBrowserHost(dataDir, ['--sandbox']);
  const page = await context.newPage();
  await page.goto(first.url);
  const start = new StartDialog(page);
  await new MainPage(page).ready();
  const command = browserHostCommand(dataDir);
  const second = [...command.slice(0, 2), 'launch', file, ...command.slice(2)];
  const other = await startProcess(second, /berth ready (http\S+)/);
  await other.stop();
  await expect(start.name).toHaveValue('from-file');
  await expect(start.changes).toContainText('From ViT');
  expect(await first.process.stop()).toBe(0);
});

test('what is no launch file is one sentence and exit code 2', async ({ dataDir }) => {
  const file = join(dataDir, 'bad.berth.json');
  writeFileSync(file, '{"berthRecipe": 1,\n  "launch": {"nam": 1}}');
  const command = browserHostCommand(dataDir, ['--secrets', 'memory']);
  const refused = startProcess([...command.slice(0, 2), 'launch', file, ...command.slice(2)], /berth ready/);
  await expect(refused).rejects.toThrow(/Ended with 2:[\s\S]*has a key that Berth does not know: launch\.nam\./);
});

test('a half-filled form survives the death of Berth', async ({ context, dataDir }) => {
  const first = await startBrowserHost(dataDir, ['--sandbox']);
  const page = await context.newPage();
  await page.goto(first.url);
  await new MainPage(page).ready();
  const start = new StartDialog(page);
  await start.open();
  await start.name.fill('half-filled');
  const kept = join(dataDir, 'launches.json');
  await expect.poll(() => readKept(kept)).toContain('half-filled');
  first.process.child.kill('SIGKILL');

  const second = await startBrowserHost(dataDir, ['--sandbox']);
  const after = await context.newPage();
  await after.goto(second.url);
  await new MainPage(after).ready();
  const again = new StartDialog(after);
  await again.open();
  await expect(again.name).toHaveValue('half-filled');
  expect(await second.process.stop()).toBe(0);
});

function readKept(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not written yet.
    return '';
  }
}
