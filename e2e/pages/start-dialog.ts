/** The launcher, by the accessible names that Berth promises. */
import type { Locator, Page } from '@playwright/test';

export class StartDialog {
  readonly page: Page;
  readonly dialog: Locator;
  readonly name: Locator;
  readonly launch: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog', { name: 'Start a session' });
    this.name = this.dialog.getByRole('textbox', { name: 'Session name' });
    this.launch = this.dialog.getByRole('button', { name: 'Launch', exact: true });
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start session' }).first().click();
    await this.launch.waitFor();
  }

  async openRecent(): Promise<Locator> {
    await this.dialog.getByRole('button', { name: 'Recent…' }).click();
    return this.page.getByRole('dialog', { name: 'Recent launches' });
  }

  /** What the form says of a launch that came from elsewhere. */
  get changes(): Locator {
    return this.dialog.getByRole('status').filter({ hasText: /differ|everything it asks for/i });
  }
}
