/** A terminal window: types as a person does and reads what the screen shows. */
import { expect, type Page } from '@playwright/test';

export class TerminalPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits for the shell's prompt. */
  async ready(): Promise<void> {
    await this.page.locator('.xterm').first().waitFor();
    await expect.poll(() => this.text(), { timeout: 20_000 }).toMatch(/[$#] *$/m);
  }

  async run(command: string): Promise<void> {
    await this.page.locator('.xterm-helper-textarea').first().focus();
    await this.page.keyboard.type(command);
    await this.page.keyboard.press('Enter');
  }

  /** The visible screen as text: xterm's rows where the DOM draws them, else its accessibility tree. */
  async text(): Promise<string> {
    return this.page
      .locator('.xterm')
      .first()
      .evaluate((element) => {
        const tree = element.querySelector('.xterm-accessibility-tree');
        const rows = element.querySelector('.xterm-rows');
        return [tree, rows]
          .map((part) => [...(part?.children ?? [])].map((row) => row.textContent ?? '').join('\n'))
          .join('\n');
      });
  }
}
