/** The log of a session over the main window. */
import type { Locator, Page } from '@playwright/test';

export class LogPage {
  readonly dialog: Locator;
  readonly lines: Locator;
  readonly find: Locator;
  readonly count: Locator;

  constructor(page: Page, name: string) {
    this.dialog = page.getByRole('dialog', { name: `Log of ${name}` });
    this.lines = this.dialog.getByRole('region', { name: `Log of ${name}` });
    this.find = this.dialog.getByRole('textbox', { name: 'Find in log' });
    this.count = this.dialog.getByText(/\d+ of \d+ lines|Not found/);
  }

  line(number: number): Locator {
    return this.lines.locator(`[data-line="${number}"]`);
  }
}
