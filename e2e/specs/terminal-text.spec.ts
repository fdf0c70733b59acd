/** What goes in and out of a terminal: pastes, copies of programs, wide characters, input methods, links, search, files. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../hosts/fixture.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Until the tip shows: what is drawn again meanwhile asks for another move of the mouse. */
async function pointAt(terminal: TerminalPage, text: string, tip: string): Promise<void> {
  await expect(async () => {
    const { x, y, height } = await terminal.boxOf(text);
    await terminal.page.mouse.move(x + 30, y + height / 2);
    await terminal.page.mouse.move(x + 20, y + height / 2);
    await expect(terminal.page.getByText(tip)).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
}

/** An empty screen whose shell waits: only then does it take pastes as one piece. */
async function prompt(terminal: TerminalPage): Promise<void> {
  await terminal.run('clear; echo rea\\dy');
  await expect.poll(() => terminal.text()).toMatch(/ready\s+work@main1:~\$[\s·]*$/);
}

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((it) => navigator.clipboard.writeText(it), text);
  await page.keyboard.press('Control+Shift+V');
}

test('pastes ask, programs copy, text has its width, links tell where they lead, and all of it is found and saved', async ({
  berth,
}) => {
  const main = new MainPage(berth.page);
  await main.ready();
  await main.start({ name: 'text' });
  await main.waitRunning('text');
  const terminal = new TerminalPage(await berth.nextWindow(() => main.control('text', 'Terminal').click()));
  const { page } = terminal;
  await berth.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await terminal.ready();

  await test.step('a paste that would run at once asks', async () => {
    await terminal.run('echo st\\arted; cat');
    await expect.poll(() => terminal.text()).toContain('started');
    await paste(page, 'one line\nand two\n');
    const question = page.getByRole('alertdialog', { name: 'Paste 2 lines?' });
    await expect(question).toContainText('one line and two');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await paste(page, 'one line\nand two\n');
    await question.getByRole('button', { name: 'Paste', exact: true }).click();
    await expect.poll(() => terminal.text()).toMatch(/(?:one line\s+and two\s+){2}/);
    await page.keyboard.press('Control+C');
    // The shell takes pastes as one piece, so lines wait for Enter; a text that would end the piece cannot.
    await prompt(terminal);
    await paste(page, 'echo a-$((1+1))\necho b-$((1+1))');
    await expect.poll(() => terminal.text()).toContain('echo b-');
    await page.keyboard.press('Control+C');
    await prompt(terminal);
    await paste(page, 'x\u001b[201~\necho ran-$((1+1))\n');
    await expect(page.getByRole('alertdialog')).toContainText('x␛[201~');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Paste', exact: true }).click();
    await expect.poll(() => terminal.text()).toContain('echo ran-');
    await page.keyboard.press('Control+C');
    await terminal.run('echo last');
    await expect.poll(() => terminal.text()).toMatch(/^last/m);
    expect(await terminal.text()).not.toMatch(/a-2|ran-2/);
  });

  await test.step('programs copy through tmux, in each form, and never read', async () => {
    for (const [form, text] of [
      [String.raw`\033]52;c;%s\a`, 'plain'],
      [String.raw`\033]52;p;%s\033\\`, 'primary'],
      [String.raw`\033Ptmux;\033\033]52;c;%s\a\033\\`, 'wrapped'],
    ] as const) {
      await terminal.run(`printf '${form}' ${Buffer.from(`${text} 한`).toString('base64')}`);
      await expect.poll(() => clipboard(page)).toBe(`${text} 한`);
    }
    await expect(page.getByText('A program copied 9 characters')).toBeVisible();
    await terminal.run(String.raw`printf '\033Ptmux;\033\033]52;c;?\a\033\\'; echo as\ked`);
    await expect.poll(() => terminal.text()).toContain('asked');
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await terminal.run(String.raw`printf '\033]52;;%s\a' YWdhaW4=`);
    await expect(page.getByText('A program wants to copy 5 characters')).toBeVisible();
    await page.evaluate(() => Reflect.deleteProperty(navigator.clipboard, 'writeText'));
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect.poll(() => clipboard(page)).toBe('again');
  });

  await test.step('each character takes its cells, and an input method writes at the cursor', async () => {
    const samples = { 한글: 4, かな: 4, 漢字: 4, ｶﾞ: 2, '\u1112\u1161\u11ab': 2, 'e\u0301': 1, '👩\u200d👩\u200d👧': 2 };
    await terminal.run('clear');
    for (const [text, cells] of Object.entries(samples)) {
      await terminal.run(`printf '\\n<%s|\\n' '${text}'`);
      await expect.poll(() => terminal.cellOf(`<${text}|`, '|'), { message: text }).toBe(cells + 1);
    }
    await terminal.run('clear');
    await expect.poll(() => terminal.text()).not.toContain('printf');
    const ime = await page.context().newCDPSession(page);
    await ime.send('Input.imeSetComposition', { text: '하', selectionStart: 1, selectionEnd: 1 });
    const shown = page.locator('.composition-view.active');
    await expect(shown).toHaveText('하');
    const away = async () => {
      const [at, cursor] = [await shown.boundingBox(), await page.locator('.xterm-cursor').first().boundingBox()];
      return Math.max(
        Math.abs((at?.y ?? 0) - (cursor?.y ?? 1000)) / 4,
        Math.abs((at?.x ?? 0) - (cursor?.x ?? 1000)) / 12,
      );
    };
    await expect.poll(away).toBeLessThan(1);
    await ime.send('Input.insertText', { text: '한' });
    await page.keyboard.type('글');
    await expect.poll(() => terminal.text()).toContain('한글');
    await page.keyboard.press('Control+C');
  });

  await test.step('a link shows where it leads, and only a modifier opens it', async () => {
    await terminal.run('clear; echo see https://example.org/page');
    await pointAt(terminal, 'https://example.org/page', 'Ctrl+click to open');
    await page.mouse.down();
    await page.mouse.up();
    const hidden = String.raw`printf '\033Ptmux;\033\033]8;;file:///etc/passwd\033\033\\click-me\033\033]8;;\033\033\\\033\\'`;
    await terminal.run(`clear; ${hidden}; sleep 30`);
    await pointAt(terminal, 'click-me', 'Not opened from a terminal');
    await page.keyboard.press('Control+C');
  });

  await test.step('search counts, and takes words and expressions', async () => {
    await terminal.run('clear; for i in $(seq 1200); do echo "row $i"; done');
    await expect.poll(() => terminal.text()).toContain('row 1200');
    await page.keyboard.press('Control+Shift+F');
    const find = page.getByRole('textbox', { name: 'Find' });
    const count = page.getByRole('search').getByRole('status');
    await find.fill('ROW 12');
    await expect(count).toHaveText(/^\d+ of 12$/);
    await page.getByRole('button', { name: 'Whole words' }).click();
    await expect(count).toHaveText('1 of 1');
    await page.getByRole('button', { name: 'Match case' }).click();
    await expect(count).toHaveText('No match');
    await page.getByRole('button', { name: 'Whole words' }).click();
    await page.getByRole('button', { name: 'Regular expression' }).click();
    await find.fill('^row \\d+$');
    await expect(count).toHaveText(/^\d+ of 1200$/);
    await find.fill('(');
    await expect(count).toHaveText('Not a valid expression');
    await page.keyboard.press('Escape');
    await expect(find).toBeHidden();
  });

  await test.step('search shows the newest match first, also of lines that never came, and Enter goes up', async () => {
    // All came with the search before. Of few bytes in one piece only the last screen comes.
    await terminal.run('clear; seq 1 300');
    await expect.poll(() => terminal.text()).toMatch(/^300$/m);
    expect(await terminal.text()).not.toMatch(/^129$/m);
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('12');
    await expect(page.getByRole('search').getByRole('status')).toHaveText(/^(\d+) of \1$/);
    await expect.poll(() => terminal.text()).toMatch(/^212$/m);
    await page.keyboard.press('Enter');
    await expect.poll(() => terminal.text()).toMatch(/^129$/m);
    await page.keyboard.press('Shift+Enter');
    await expect.poll(() => terminal.text()).toMatch(/^212$/m);
    await page.keyboard.press('Escape');
  });

  await test.step('saves all, grows, and keeps its contrast', async () => {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Save output to a file' }).click();
    const text = await readFile(await (await saved).path(), 'utf8');
    expect(text).toContain(Array.from({ length: 1200 }, (_, at) => `row ${at + 1}\n`).join(''));
    expect(text).toContain('한글');

    const size = () =>
      page
        .locator('.xterm-rows')
        .first()
        .evaluate((it) => getComputedStyle(it).fontSize);
    await page.keyboard.press('Control+Equal');
    await expect.poll(size).toBe('14px');
    await berth.page.getByRole('link', { name: 'Settings' }).click();
    await berth.page.getByRole('radiogroup', { name: 'Terminal colours' }).getByText('High contrast').click();
    const pane = page.getByRole('region', { name: 'Terminal 1' });
    await expect(pane).toHaveCSS('background-color', 'rgb(0, 0, 0)');
    await page.reload();
    await terminal.ready();
    await expect.poll(size).toBe('14px');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Turn on screen reader support' }).click();
    await expect(page.locator('.xterm-accessibility-tree')).toBeAttached();
  });
});
