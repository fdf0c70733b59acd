/** The list of sessions as a person works with it. */
import { expect, type Locator, type Page } from '@playwright/test';

export class SessionsList {
  readonly page: Page;
  readonly table: Locator;
  readonly rows: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByRole('table', { name: 'Sessions' });
    this.rows = this.table.getByRole('row').filter({ has: page.getByRole('rowheader') });
  }

  /** Of the rows in the document, from the top. */
  async names(): Promise<string[]> {
    const rows = await this.rows.evaluateAll((all) =>
      all
        .map((row) => ({
          index: Number(row.getAttribute('aria-rowindex')),
          name: row.querySelector('[role=rowheader]')?.textContent?.trim() ?? '',
        }))
        .sort((a, b) => a.index - b.index),
    );
    return rows.map(({ name }) => name);
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
  }

  tick(name: string): Locator {
    return this.page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
  }

  header(name: string): Locator {
    return this.table.getByRole('columnheader', { name, exact: true });
  }

  /** Words of the columns, without ticks and controls. */
  async headers(): Promise<string[]> {
    await expect(this.header('Name')).toBeVisible();
    return this.table
      .getByRole('columnheader')
      .filter({ has: this.page.getByRole('separator') })
      .allInnerTexts();
  }

  /** The cell of a column that is shown, whatever the order of columns. */
  async cell(name: string, column: string): Promise<Locator> {
    const all = await this.table
      .getByRole('columnheader')
      .evaluateAll((it) => it.map((one) => one.getAttribute('aria-label')));
    // The name is a row header, not a cell.
    const before = all.slice(0, all.indexOf(column)).filter((it) => it !== 'Name').length;
    return this.row(name).getByRole('cell').nth(before);
  }

  /** What is used of how much, above the list. */
  get resources(): Locator {
    return this.page.getByRole('region', { name: 'Resources' });
  }

  chip(words: string): Locator {
    return this.page.getByRole('region', { name: 'Filters' }).getByText(words, { exact: true });
  }

  async chooseWhose(whose: string): Promise<void> {
    await this.page.getByRole('button', { name: /^(Mine|Project .+)$/ }).click();
    await this.page.getByRole('menuitemradio', { name: whose }).click();
  }

  async chooseType(type: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Type:/ }).click();
    await this.page.getByRole('menuitemradio', { name: type }).click();
  }

  async addFilter(property: string, is: string, value: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a filter' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Add a filter' });
    await dialog.getByLabel('Property').selectOption(property);
    await dialog.getByLabel('Condition').selectOption(is);
    await dialog.getByLabel('Value').fill(value);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(this.chip(`${property} ${is} ${value}`)).toBeVisible();
  }

  removeFilter(words: RegExp): Promise<void> {
    return this.page.getByRole('button', { name: new RegExp(`^Remove filter: ${words.source}`) }).click();
  }

  async export(what: string): Promise<{ name: string; path: string }> {
    await this.page.getByRole('button', { name: 'More for this list' }).click();
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByRole('menuitem', { name: what }).click(),
    ]);
    return { name: download.suggestedFilename(), path: await download.path() };
  }
}
