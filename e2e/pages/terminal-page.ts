/** A terminal window: types as a person does and reads what the screen shows. */
import { expect, type Page } from '@playwright/test';

export class TerminalPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The pane that has the keys; of one alone, that one. */
  private get pane() {
    return this.page.locator('[data-terminal]:visible').and(this.page.locator('[data-active="true"]'));
  }

  /** Waits for the shell's prompt. */
  async ready(): Promise<void> {
    await this.pane.and(this.page.locator('[data-live="true"]')).waitFor();
    await expect.poll(() => this.text(), { timeout: 20_000 }).toMatch(/[$#] *$/m);
  }

  /** Types a command into the pane that has the keys. */
  async run(command: string): Promise<void> {
    await this.pane.locator('.xterm-helper-textarea').focus();
    await this.page.keyboard.type(command);
    await this.page.keyboard.press('Enter');
  }

  /** The visible screen as text: xterm's rows where the DOM draws them, else its accessibility tree. */
  async text(): Promise<string> {
    return this.pane.locator('.xterm').evaluate((element) => {
      const tree = element.querySelector('.xterm-accessibility-tree');
      const rows = element.querySelector('.xterm-rows');
      return [tree, rows]
        .map((part) => [...(part?.children ?? [])].map((row) => row.textContent ?? '').join('\n'))
        .join('\n');
    });
  }
}
