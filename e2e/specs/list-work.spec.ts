/** Working with a list: types, filters, order, columns, selection by pointer and keyboard, export; kept over a restart. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, type SandboxInfo, scratchFolder, startSandbox } from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SessionsList } from '../pages/sessions-list.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.use({ flags: [] });

let folder: string;
let site: SandboxInfo;

test.beforeAll(async () => {
  folder = scratchFolder();
  site = await startSandbox(folder, ['--made-up', '200']);
});

test.afterAll(async () => {
  await site.process.stop();
  removeFolder(folder);
});

async function open(page: Page): Promise<SessionsList> {
  await new SignInPage(page).signIn(site);
  await new MainPage(page).ready();
  const list = new SessionsList(page);
  await expect(list.rows.first()).toBeVisible();
  return list;
}

test('type and property filters narrow the list, say so, and go one by one', async ({ berth }) => {
  const list = await open(berth.page);
  const before = await list.names();
  expect(before.length).toBeGreaterThan(5);

  await list.addFilter('Name', 'contains', 'TRAIN');
  await expect(list.chip('Name contains TRAIN')).toBeVisible();
  for (const name of await list.names()) expect(name).toContain('train');
  await list.addFilter('Name', 'is not', (await list.names())[0] ?? '');
  expect((await list.names())[0]).not.toBe(before[0]);
  await list.removeFilter(/Name is not/);
  await list.removeFilter(/Name contains/);
  expect(await list.names()).toEqual(before);

  await list.chooseType('Batch');
  await expect(berth.page.getByText('No session passes the filters')).toBeVisible();
  await berth.page.getByRole('button', { name: 'Clear filters' }).click();
  expect(await list.names()).toEqual(before);
});

test('headers sort up, down and back; columns are chosen, ordered and sized; a restart finds them so', async ({
  berth,
}) => {
  const { page } = berth;
  const list = await open(page);
  const newestFirst = await list.names();
  await list.header('Name').getByRole('button').click();
  await expect(list.header('Name')).toHaveAttribute('aria-sort', 'ascending');
  const up = await list.names();
  expect(up).toEqual([...up].sort());
  await list.header('Name').getByRole('button').click();
  await expect(list.header('Name')).toHaveAttribute('aria-sort', 'descending');
  expect((await list.names())[0]?.localeCompare(up[0] ?? '')).toBe(1);
  await list.header('Name').getByRole('button').click();
  expect(await list.names()).toEqual(newestFirst);

  await page.getByRole('button', { name: 'Columns' }).click();
  const dialog = page.getByRole('dialog', { name: 'Columns' });
  await dialog.getByRole('checkbox', { name: 'GPU' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Resource group' }).check();
  await dialog.getByRole('button', { name: 'Move Resource group up' }).click();
  await page.keyboard.press('Escape');
  const headers = ['Name', 'Status', 'Environment', 'CPU', 'Memory', 'Resource group', 'Age'];
  await expect.poll(() => list.headers()).toEqual(headers);

  const edge = page.getByRole('separator', { name: 'Width of Status' });
  const before = (await list.header('Status').boundingBox())?.width ?? 0;
  await edge.focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await list.header('Status').boundingBox())?.width).toBe(before + 24);

  // Another window has nothing of this one's; what it finds was kept by Berth.
  const url = page.url();
  const other = await berth.context.newPage();
  await expect(async () => {
    await other.goto(url);
    expect(await new SessionsList(other).headers()).toEqual(headers);
  }).toPass({ timeout: 15_000 });
  expect((await new SessionsList(other).header('Status').boundingBox())?.width).toBe(before + 24);
});

test('rows are ticked by pointer, range and keyboard, and ended together after being named', async ({ berth }) => {
  const { page } = berth;
  const list = await open(page);
  const names = await list.names();
  const [first = '', second = '', third = '', fourth = ''] = names;
  await list.tick(first).click();
  await list.row(third).click({ modifiers: ['Shift'], position: { x: 200, y: 10 } });
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('3 selected');
  await list.row(second).click({ modifiers: ['ControlOrMeta'], position: { x: 200, y: 10 } });
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('2 selected');
  await page.getByRole('button', { name: 'Select none' }).click();
  await expect(page.getByRole('region', { name: 'Selection' })).toBeHidden();

  await list.row(first).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  for (const name of [first, second, fourth]) await expect(list.tick(name)).toBeChecked();
  await expect(list.tick(third)).not.toBeChecked();

  await page.getByRole('button', { name: 'Terminate selected…' }).click();
  const dialog = page.getByRole('alertdialog');
  for (const name of [first, second, fourth]) await expect(dialog).toContainText(name);
  await expect(dialog).not.toContainText(third);
  await dialog.getByRole('button', { name: 'Terminate', exact: true }).click();
  for (const name of [first, second, fourth]) await expect(list.row(name)).toBeHidden({ timeout: 15_000 });
  await expect(list.row(third)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Selection' })).toBeHidden();
});

test('what is shown is saved as CSV and JSON', async ({ berth }) => {
  const { page } = berth;
  const list = await open(page);
  await list.addFilter('Name', 'contains', 'train');
  const names = await list.names();
  const csv = await list.export('Export as CSV');
  expect(csv.name).toMatch(/^sessions-.+\.csv$/);
  const lines = readFileSync(csv.path, 'utf8').split('\r\n');
  expect(lines[0]).toBe(
    '\ufeffid,name,status,environment,cpuCores,cpuCoresUsed,memoryBytes,memoryBytesUsed,accelerators,createdAt,startedAt,endedAt',
  );
  expect(lines.slice(1, names.length + 1).map((line) => line.split(',')[1])).toEqual(names);
  const json = await list.export('Export as JSON');
  const rows = JSON.parse(readFileSync(json.path, 'utf8')) as { name: string; memoryBytes: number }[];
  expect(rows.map((row) => row.name).slice(0, names.length)).toEqual(names);
  expect(rows[0]?.memoryBytes).toBeGreaterThan(1e8);
});
