/** The main window, by the accessible names that Berth promises (README, "Names that scripts rely on"). */
import { expect, type Locator, type Page } from '@playwright/test';

export class MainPage {
  readonly page: Page;
  readonly navigation: Locator;
  readonly table: Locator;

  constructor(page: Page) {
    this.page = page;
    this.navigation = page.getByRole('navigation', { name: 'Main' });
    this.table = page.getByRole('table', { name: 'Sessions' });
  }

  async ready(): Promise<void> {
    await expect(this.navigation.getByRole('link', { name: 'Sessions' })).toBeVisible({ timeout: 30_000 });
  }

  go(name: 'Sessions' | 'Folders' | 'Transfers' | 'Ports' | 'Settings'): Promise<void> {
    return this.navigation.getByRole('link', { name }).click();
  }

  tab(name: 'Running' | 'Finished' | 'Other'): Locator {
    return this.page.getByRole('tab', { name: new RegExp(`^${name}`) });
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name }) });
  }

  control(name: string, control: 'Apps' | 'Terminal' | 'SSH' | 'More' | 'Terminate'): Locator {
    return this.row(name).getByRole('button', { name: control, exact: true });
  }

  async waitRunning(name: string, timeoutMs = 60_000): Promise<void> {
    await expect(this.row(name).getByText('Running').first()).toBeVisible({ timeout: timeoutMs });
  }

  /** Opens the dialog, fills in what is given, launches. */
  async start(options: { name: string; gpu?: string; folders?: readonly string[] }): Promise<void> {
    await this.page.getByRole('button', { name: 'Start session' }).first().click();
    const dialog = this.page.getByRole('dialog', { name: 'Start a session' });
    await dialog.getByRole('textbox', { name: 'Session name' }).fill(options.name);
    if (options.gpu !== undefined) {
      const gpu = dialog.getByRole('spinbutton', { name: 'GPU' });
      await gpu.fill(options.gpu);
      await gpu.press('Tab');
    }
    for (const folder of options.folders ?? []) {
      await dialog.getByRole('group', { name: 'Folders to mount' }).getByRole('checkbox', { name: folder }).check();
    }
    await dialog.getByRole('button', { name: 'Launch' }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
  }

  async terminate(name: string): Promise<void> {
    await this.control(name, 'Terminate').click();
    await this.page
      .getByRole('alertdialog', { name: `Terminate ${name}?` })
      .getByRole('button', { name: 'Terminate' })
      .click();
  }
}
