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

  /** Where a text stands on the screen, in pixels of the page; not where a command that prints it does. */
  async boxOf(text: string): Promise<{ x: number; y: number; width: number; height: number }> {
    const find = () => this.pane.locator('.xterm-rows').evaluate(findText, text);
    await expect.poll(async () => (await find()) !== null, { message: `${text} is on the screen` }).toBe(true);
    const box = await find();
    if (!box) throw new Error(`${text} left the screen`);
    return box;
  }

  /** How many cells stand before `mark` in the row that begins with `row`; null while there is none. */
  async cellOf(row: string, mark: string): Promise<number | null> {
    return this.pane.locator('.xterm-rows').evaluate(
      (rows, it) => {
        const line = [...rows.children].find((child) => child.textContent?.startsWith(it.row));
        if (!line) return null;
        const boxOf = (text: string) => {
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = (node.textContent ?? '').indexOf(text);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect();
          }
          return null;
        };
        // The row's first character is one cell wide.
        const [first, found] = [boxOf(it.row.slice(0, 1)), boxOf(it.mark)];
        return first && found ? Math.round((found.left - first.left) / first.width) : null;
      },
      { row, mark },
    );
  }
}

/** Runs in the page. */
function findText(rows: Element, text: string) {
  const line = [...rows.children].findLast((row) => {
    const all = row.textContent ?? '';
    return all.includes(text) && !/printf|echo/.test(all);
  });
  if (!line) return null;
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const first = text.slice(0, 1);
  const start = (line.textContent ?? '').indexOf(text);
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = (node.textContent ?? '').length;
    if (before + length > start) {
      const range = document.createRange();
      range.setStart(node, start - before);
      range.setEnd(node, start - before + first.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    }
    before += length;
  }
  return null;
}
