/** The log of a session over the main window. */
import type { Locator, Page } from '@playwright/test';

export class LogPage {
  readonly dialog: Locator;
  readonly lines: Locator;
  readonly find: Locator;
  readonly count: Locator;
  /** Which container's log; there only when there are several. */
  readonly kernel: Locator;
  readonly follow: Locator;

  constructor(page: Page, name: string) {
    this.dialog = page.getByRole('dialog', { name: `Log of ${name}` });
    this.lines = this.dialog.getByRole('region', { name: `Log of ${name}` });
    this.find = this.dialog.getByRole('textbox', { name: 'Find in log' });
    this.count = this.dialog.getByText(/\d+ of \d+ lines|Not found/);
    this.kernel = this.dialog.getByRole('combobox', { name: 'Kernel' });
    this.follow = this.dialog.getByRole('checkbox', { name: 'Follow' });
  }

  line(number: number): Locator {
    return this.lines.locator(`[data-line="${number}"]`);
  }
}
