/** Several terminals in one window: tabs and panes, by keys and by buttons, over a reload, and what closing ends. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../hosts/fixture.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test('tabs and panes are made, walked, named, moved, found again after a reload, and closed with a question', async ({
  berth,
}) => {
  const main = new MainPage(berth.page);
  await main.ready();
  await main.start({ name: 'tabs' });
  await main.waitRunning('tabs');
  const terminal = new TerminalPage(await berth.nextWindow(() => main.control('tabs', 'Terminal').click()));
  const { page } = terminal;
  const tabs = page.getByRole('tab');
  const panes = page.getByRole('region', { name: /^Terminal \d$/ });
  await terminal.ready();
  await terminal.run('export WHO=first');

  // A second tab, then two panes in it: each a shell of its own.
  await page.keyboard.press('Control+Shift+T');
  await expect(tabs).toHaveCount(2);
  await terminal.ready();
  await terminal.run('export WHO=second; echo "<$WHO>"');
  await expect.poll(() => terminal.text()).toContain('<second>');
  await page.keyboard.press('Control+Shift+E');
  await expect(panes).toHaveCount(2);
  await terminal.ready();
  await terminal.run('export WHO=third; echo "<$WHO>"');
  await expect.poll(() => terminal.text()).toContain('<third>');
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await terminal.run('echo "again <$WHO>"');
  await expect.poll(() => terminal.text()).toContain('again <second>');

  // The line between them, by the pointer and by keys.
  const line = page.getByRole('separator');
  await expect(line).toHaveAttribute('aria-valuenow', '50');
  await page.keyboard.press('Control+Shift+Alt+ArrowRight');
  await expect(line).toHaveAttribute('aria-valuenow', '55');
  const box = await line.boundingBox();
  if (!box) throw new Error('The line is not seen');
  await page.mouse.move(box.x + 3, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(page.viewportSize()?.width ?? 0, box.y + 100);
  await page.mouse.up();
  await expect(line).toHaveAttribute('aria-valuenow', '90');

  // What programs say: titles and a bell in a tab that is not seen. A name of one's own wins.
  await terminal.run(String.raw`sleep 1; printf '\033]2;building\a\a'`);
  await page.keyboard.press('Alt+1');
  await expect(tabs.nth(1)).toHaveAccessibleName('building, bell');
  await page.keyboard.press('Control+PageDown');
  await expect(tabs.nth(1)).toHaveAccessibleName('building');
  await tabs.nth(1).focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Name of the tab' }).fill('work');
  await page.keyboard.press('Enter');
  await expect(tabs.nth(1)).toHaveAccessibleName('work');
  await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true');
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
  expect(violations.map((it) => [it.id, it.nodes.map((node) => node.target)])).toEqual([]);

  // Another place: by keys and told, by the tab's own menu, and dragged.
  await page.keyboard.press('Control+Shift+PageUp');
  await expect(tabs.first()).toHaveAccessibleName('work');
  await expect(page.getByText('work: place 1 of 2')).toBeAttached();
  await tabs.first().click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Tab work' });
  await expect(menu.getByRole('menuitem', { name: 'Move tab left' })).toHaveAttribute('aria-disabled', 'true');
  await menu.getByRole('menuitem', { name: 'Move tab right' }).click();
  await expect(tabs.nth(1)).toHaveAccessibleName('work');
  const [from, to] = [await tabs.nth(1).boundingBox(), await tabs.first().boundingBox()];
  if (!from || !to) throw new Error('The tabs are not seen');
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 10, to.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect(tabs.first()).toHaveAccessibleName('work');
  await expect(tabs.first()).toHaveAttribute('aria-selected', 'true');

  // Another window, with both panes and what their shells know, and back.
  const away = new TerminalPage(
    await berth.nextWindow(async () => {
      await tabs.first().click({ button: 'right' });
      await menu.getByRole('menuitem', { name: 'Move tab to a new window' }).click();
    }),
  );
  await expect(away.page.getByRole('tab')).toHaveAccessibleName('work');
  await expect(tabs).toHaveCount(1);
  await expect(away.page.getByRole('separator')).toHaveAttribute('aria-valuenow', '90');
  await away.ready();
  await expect.poll(() => away.text()).toContain('again <second>');
  await away.run('echo "moved <$WHO>"');
  await expect.poll(() => away.text()).toContain('moved <second>');
  await away.page.getByRole('button', { name: 'More' }).click();
  await away.page.getByRole('menuitem', { name: /^Move tab to the window with / }).click();
  await expect(tabs).toHaveCount(2);
  await expect.poll(() => away.page.isClosed()).toBe(true);
  await expect(tabs.nth(1)).toHaveAccessibleName('work');
  await terminal.ready();
  await expect.poll(() => terminal.text()).toContain('moved <second>');

  // The same shells, places and names after a reload.
  await page.reload();
  await terminal.ready();
  await expect(tabs).toHaveCount(2);
  await expect(tabs.nth(1)).toHaveAccessibleName('work');
  await expect(line).toHaveAttribute('aria-valuenow', '90');
  await terminal.run('clear; echo "<$WHO>"');
  await expect.poll(() => terminal.text()).toContain('<second>');

  // Closing asks where something runs; left running, it is found again.
  await terminal.run('sleep 1234');
  await page.keyboard.press('Control+Shift+W');
  const question = page.getByRole('alertdialog', { name: 'Close this terminal?' });
  await expect(question).toContainText('sleep still runs here');
  await question.getByRole('button', { name: 'Leave running' }).click();
  await expect(panes).toHaveCount(1);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Shells left running…' }).click();
  const left = page.getByRole('dialog', { name: 'Shells left running' });
  await left.getByRole('listitem').filter({ hasText: 'sleep' }).getByRole('button', { name: 'Open' }).click();
  await expect(tabs).toHaveCount(3);
  await terminal.run('');
  await page.keyboard.press('Control+C');
  await terminal.run('echo "<$WHO>"');
  await expect.poll(() => terminal.text()).toContain('<second>');

  // Nothing runs: closed without a question, and the shell with it. One that ends by itself takes its tab along.
  await page.keyboard.press('Control+Shift+W');
  await expect(tabs).toHaveCount(2);
  await terminal.ready();
  await terminal.run('exit');
  await expect(tabs).toHaveCount(1);
  await terminal.run('echo "<$WHO>"');
  await expect.poll(() => terminal.text()).toContain('<first>');
  await page.keyboard.press('Control+Shift+Slash');
  await expect(page.getByRole('dialog', { name: 'Keys of terminals' })).toContainText('Ctrl+Shift+E');
});
