/** The classic Jupyter Notebook as it stands in a session's window. */
import { expect, type Page } from '@playwright/test';

export class JupyterPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async showsFile(name: string): Promise<void> {
    await expect(this.page.getByText(name, { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  }

  /** Makes a new notebook, runs one cell, and waits for its output. */
  async runCell(code: string, output: string): Promise<void> {
    await this.page.locator('#new-dropdown-button, #new-buttons button').first().click();
    const [notebook] = await Promise.all([
      this.page.context().waitForEvent('page'),
      this.page.locator('#kernel-python3 a, [data-kernel-type="python3"] a').first().click(),
    ]);
    await notebook.locator('.CodeMirror').first().waitFor({ timeout: 60_000 });
    await expect(notebook.locator('#kernel_indicator_icon')).toHaveClass(/kernel_idle_icon/, { timeout: 60_000 });
    await notebook.locator('.CodeMirror').first().click();
    await notebook.keyboard.type(code);
    await notebook.keyboard.press('Shift+Enter');
    await expect(notebook.locator('.output_area').first()).toContainText(output, { timeout: 60_000 });
    await notebook.close();
  }
}
