/** The dialog *Start a session*, by the accessible names that Berth promises. */
import { expect, type Locator, type Page } from '@playwright/test';

type Box = 'Environment' | 'Version' | 'Resource group' | 'Preset';
type Amount = 'CPU' | 'Memory (GiB)' | 'Shared memory (GiB)' | 'GPU';

export class LauncherPage {
  readonly page: Page;
  readonly dialog: Locator;
  readonly summary: Locator;
  readonly verdict: Locator;
  readonly launch: Locator;
  readonly folders: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog', { name: 'Start a session' });
    this.summary = this.dialog.getByRole('complementary', { name: 'Summary' });
    this.verdict = this.summary.getByRole('status').first();
    this.launch = this.dialog.getByRole('button', { name: 'Launch', exact: true });
    this.folders = this.dialog.getByRole('group', { name: 'Folders to mount' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start session' }).first().click();
    await this.says(/Starts/);
  }

  box(name: Box): Locator {
    return this.dialog.getByRole('combobox', { name, exact: true });
  }

  amount(name: Amount): Locator {
    return this.dialog.getByRole('spinbutton', { name, exact: true });
  }

  text(name: string): Locator {
    return this.dialog.getByRole('textbox', { name, exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.dialog.getByRole('button', { name });
  }

  /** Opens a folded part. */
  async unfold(title: string): Promise<void> {
    const fold = this.dialog.locator('details', { has: this.page.locator('summary', { hasText: title }) }).last();
    if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click();
  }

  says(words: string | RegExp): Promise<void> {
    return expect(this.verdict).toContainText(words, { timeout: 20_000 });
  }

  async send(): Promise<void> {
    await this.launch.click();
    await expect(this.dialog).toBeHidden({ timeout: 30_000 });
  }
}
