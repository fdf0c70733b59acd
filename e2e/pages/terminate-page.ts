/** The dialog that ends sessions, and the page of transfers that follows from it. */
import { expect, type Locator, type Page } from '@playwright/test';

export class TerminateDialog {
  readonly page: Page;
  readonly dialog: Locator;

  constructor(page: Page, title: string) {
    this.page = page;
    this.dialog = page.getByRole('alertdialog', { name: title });
  }

  button(name: 'Terminate' | 'Keep files...' | 'Cancel' | 'Back' | 'Close' | 'Try again'): Locator {
    return this.dialog.getByRole('button', { name, exact: true });
  }

  item(name: string): Locator {
    return this.dialog.getByRole('treeitem', { name: new RegExp(`^${name.replace('.', '\\.')},`) });
  }

  keepButton(): Locator {
    return this.dialog.getByRole('button', { name: /^Keep \d+ files?, then end$/ });
  }

  async finds(sentence: RegExp): Promise<void> {
    await expect(this.dialog.getByText(sentence)).toBeVisible({ timeout: 30_000 });
  }
}
