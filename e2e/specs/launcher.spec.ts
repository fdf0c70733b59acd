/** The launcher against the sandbox: a launch in a few keys, typed amounts, the verdict and its fixes, folders, the rest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { LauncherPage } from '../pages/launcher-page.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test('by keyboard alone: an environment, its version, and Launch in at most six keys', async ({ berth }) => {
  const { page } = berth;
  const main = new MainPage(page);
  const launcher = new LauncherPage(page);
  await main.ready();
  await page.getByRole('button', { name: 'Start session' }).first().focus();
  let keys = 0;
  const press = async (key: string) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await press('Enter');
  await launcher.says('Starts now');
  await expect(launcher.box('Environment')).toBeFocused();
  // Typing searches at once; the first match is taken, and Enter again launches.
  await press('s');
  await expect(page.getByRole('option').first()).toContainText('Shell');
  await press('Enter');
  await expect(launcher.box('Environment')).toHaveValue('Shell');
  await launcher.says('Starts now');
  const name = await launcher.text('Session name').inputValue();
  await press('Enter');
  await expect(launcher.dialog).toBeHidden({ timeout: 30_000 });
  await expect(main.row(name)).toBeVisible();
  expect(keys).toBeLessThanOrEqual(6);

  await test.step('what was used stands first the next time, and what is pinned before it', async () => {
    await page.keyboard.press('n');
    await launcher.says('Starts now');
    await expect(launcher.box('Environment')).toHaveValue('Shell');
    await launcher.button('Keep this environment at the top').click();
    await expect(launcher.button('No longer keep at the top')).toBeVisible();
    await launcher.box('Environment').click();
    await expect(page.getByText('Pinned', { exact: true })).toBeVisible();
    await expect(page.getByRole('option').first()).toContainText('Shell');
    await page.keyboard.press('Escape');
  });

  await test.step('every field can be reached by Tab, Launch from anywhere by Ctrl+Enter', async () => {
    await launcher.box('Environment').focus();
    const order: string[] = [];
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const it = document.activeElement;
        return (
          it?.getAttribute('aria-label') ??
          (it as HTMLInputElement | null)?.labels?.[0]?.textContent ??
          it?.textContent ??
          ''
        );
      });
      order.push(at);
      if (at === 'Launch') break;
    }
    const wanted = [
      'Version',
      'Session name',
      'Resource group',
      'Preset',
      'CPU',
      'Shared memory (GiB)',
      'data',
      'New folder',
      'Launch',
    ];
    expect(wanted.filter((it) => order.some((at) => at.startsWith(it)))).toEqual(wanted);
    expect(order.length).toBeLessThan(40);
    await launcher.text('Session name').fill('by-ctrl-enter');
    await launcher.amount('CPU').focus();
    await page.keyboard.press('Control+Enter');
    await expect(launcher.dialog).toBeHidden({ timeout: 30_000 });
    await expect(main.row('by-ctrl-enter')).toBeVisible();
  });
});

test('by mouse: amounts are kept as typed, the verdict says why, and a click mends it', async ({ berth }) => {
  const { page } = berth;
  const main = new MainPage(page);
  const launcher = new LauncherPage(page);
  await main.ready();

  await test.step('what was typed stays: over code that came late, a window that changes, a dialog closed; Reset forgets it', async () => {
    let come = () => {};
    const late = new Promise<void>((resolve) => {
      come = resolve;
    });
    await page.route(/start-dialog-[^/]*\.js/, async (route) => {
      await late;
      await route.continue();
    });
    await page.reload();
    await main.ready();
    await page.getByRole('button', { name: 'Start session' }).first().click();
    come();
    await launcher.says('Starts now');
    const name = await launcher.text('Session name').inputValue();
    await launcher.amount('CPU').fill('3');
    await page.setViewportSize({ width: 1100, height: 800 });
    // Two frames: the list behind has taken its new width.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    // Where one was typing, too: another form in its place would begin at its top.
    await expect(launcher.amount('CPU')).toBeFocused();
    await expect(launcher.amount('CPU')).toHaveValue('3');
    await page.keyboard.press('Escape');
    await expect(launcher.dialog).toBeHidden();
    await launcher.open();
    await expect(launcher.amount('CPU')).toHaveValue('3');
    await expect(launcher.text('Session name')).toHaveValue(name);
    await launcher.button('Reset…').click();
    await page.getByRole('alertdialog', { name: 'Reset the form?' }).getByRole('button', { name: 'Reset' }).click();
    await expect(launcher.box('Preset')).toHaveValue('medium');
    await expect(launcher.amount('CPU')).toHaveValue('2');
    await launcher.says('Starts now');
  });

  await test.step('what is typed stays, and steps stay on the grid', async () => {
    const gpu = launcher.amount('GPU');
    await gpu.fill('0.');
    await expect(gpu).toHaveValue('0.');
    await gpu.fill('0.55');
    await expect(gpu).toHaveValue('0.55');
    await expect(launcher.box('Preset')).toHaveValue('Custom');
    await launcher.says('Cannot start yet');
    await expect(launcher.verdict).toContainText('GPU goes in steps of 0.1.');
    await launcher.button('Ask for 0.6 fGPU').click();
    await expect(gpu).toHaveValue('0.6');
    await launcher.says('Starts now');
    for (let count = 0; count < 3; count += 1) await gpu.press('ArrowDown');
    await expect(gpu).toHaveValue('0.3');
  });

  await test.step('above the limit: never, with ways out', async () => {
    await launcher.amount('CPU').fill('900');
    await launcher.says('Can never start here');
    await expect(launcher.verdict).toContainText(/CPU: at most \d+ \(your policy\)/);
    await look(page, 'never', 'launcher');
    await launcher.button(/CPU, the most allowed/).click();
    await expect(launcher.amount('CPU')).not.toHaveValue('900');
    await launcher.says('Starts now');
    await launcher.button(/small-gpu/).click();
    await expect(launcher.box('Preset')).toHaveValue('small-gpu');
    await expect(launcher.amount('GPU')).toHaveValue('0.5');
  });

  await test.step('several sessions in one go, more than is free: they wait, and fewer start', async () => {
    await launcher.unfold('Cluster and several sessions');
    await launcher.amount('GPU').fill('1');
    await launcher.text('Sessions in one go').fill('3');
    await launcher.says('Will wait');
    await expect(launcher.verdict).toContainText('3 × 1 fGPU asked, 0.6 free for each now');
    await look(page, 'wait', 'launcher');
    await launcher.amount('GPU').fill('0.5');
    await launcher.text('Session name').fill('fleet');
    await launcher.text('Sessions in one go').fill('2');
    await launcher.says('Starts now');
    await launcher.send();
    await expect(main.table.getByRole('rowheader', { name: /^fleet-[a-z0-9]{4}-[12]$/ })).toHaveCount(2);
  });

  await test.step('what others hold is told, and more than is free waits', async () => {
    await launcher.open();
    await launcher.amount('GPU').fill('1.5');
    await launcher.says('Will wait');
    await expect(launcher.verdict).toContainText('1.5 fGPU asked, 1 free now');
    await expect(launcher.dialog.getByText('1 in your other sessions')).toBeVisible();
    await launcher.button('1 fGPU, which are free').click();
    await launcher.says('Starts now');
  });
});

test('folders: where they appear, what clashes, a new one, all kept over a reload', async ({ berth }) => {
  const { page } = berth;
  const main = new MainPage(page);
  const launcher = new LauncherPage(page);
  const { folders } = launcher;
  await main.ready();
  await launcher.open();
  await expect(launcher.dialog.getByText('Nothing is mounted: files will be lost.')).toBeVisible();
  await folders.getByRole('checkbox', { name: 'data', exact: true }).check();
  await expect(launcher.dialog.getByText('Nothing is mounted')).toBeHidden();
  await expect(folders.getByText('/home/work/data')).toBeVisible();

  await test.step('an alias, a clash, a forbidden place', async () => {
    await folders.getByRole('checkbox', { name: 'results', exact: true }).check();
    const path = folders.getByRole('textbox', { name: 'Path of results' });
    await path.fill('data');
    await launcher.says('results: data is mounted at /home/work/data already.');
    await path.fill('/etc/x');
    await launcher.says('results: /etc/x is a system directory.');
    await look(page, 'folders-clash', 'launcher');
    await launcher.button('Mount results in the home').click();
    await launcher.says('Starts now');
    await path.fill('out/runs');
    await expect(folders.getByText('/home/work/out/runs')).toBeVisible();
    await folders.getByRole('button', { name: 'Mount data read-only' }).click();
  });

  await test.step('a new folder is made and ticked', async () => {
    await launcher.button('New folder').click();
    const name = launcher.text('Name of the new folder');
    await name.fill('results');
    await expect(launcher.dialog.getByText('You have a folder of this name.')).toBeVisible();
    await name.fill('fresh-1');
    await name.press('Enter');
    await expect(folders.getByRole('checkbox', { name: 'fresh-1', exact: true })).toBeChecked();
    await expect(launcher.dialog).toBeVisible();
  });

  await test.step('a reload forgets none of it', async () => {
    await page.reload();
    await main.ready();
    await page.getByRole('button', { name: 'Start session' }).first().click();
    await launcher.says('Starts now');
    await expect(folders.getByRole('checkbox', { name: 'fresh-1', exact: true })).toBeChecked();
    await expect(folders.getByText('/home/work/out/runs')).toBeVisible();
  });

  await test.step('the session sees them where the launcher said', async () => {
    await launcher.unfold('Environment variables');
    await launcher.text('Variable 1 name').focus();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text', '# from a file\nexport GREETING="hello there"\nAPI_TOKEN=abc123\n');
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    });
    await expect(launcher.text('Variable 1 value')).toHaveValue('hello there');
    await expect(launcher.text('Variable 2 name')).toHaveValue('API_TOKEN');
    await expect(launcher.dialog.getByLabel('Variable 2 value', { exact: true })).toHaveAttribute('type', 'password');
    // No storage of the browser has it, because that may lie on the disk.
    expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).not.toContain(
      'abc123',
    );
    // What is kept of the half-filled form has the name, so that it can be typed again, and not the value.
    await expect.poll(() => readFileSync(join(berth.dataDir, 'launches.json'), 'utf8')).toContain('API_TOKEN');
    expect(readFileSync(join(berth.dataDir, 'launches.json'), 'utf8')).not.toContain('abc123');
    await look(page, 'environ', 'launcher');
    await launcher.text('Session name').fill('mounted-1');
    await launcher.send();
    await main.waitRunning('mounted-1');
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control('mounted-1', 'Terminal').click()));
    await terminal.ready();
    await terminal.run('echo "$GREETING-$API_TOKEN"; ls -d data out/runs fresh-1; touch data/x 2>&1 | grep -c only');
    await expect.poll(() => terminal.text()).toContain('hello there-abc123');
    await expect.poll(() => terminal.text()).toContain('out/runs');
  });
});
