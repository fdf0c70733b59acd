/** The doctor's screen. */
import type { Locator, Page } from '@playwright/test';

export class DoctorPage {
  readonly dialog: Locator;
  readonly steps: Locator;
  readonly again: Locator;

  constructor(page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Check the connection' });
    this.steps = this.dialog.getByRole('list', { name: 'Steps of the way' }).locator(':scope > li');
    this.again = this.dialog.getByRole('button', { name: 'Check again' });
  }

  step(name: string): Locator {
    return this.steps.filter({ hasText: name });
  }
}
