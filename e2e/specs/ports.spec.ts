/** A port of a session on this computer: offered when a program begins to listen, opened, used, stopped; refused where it is taken. */
import { createServer } from 'node:net';
import { expect, test } from '../hosts/fixture.ts';
import { freePort } from '../hosts/free-port.ts';
import { look, lookBoth } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

/** A listener of this computer. */
async function occupy(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return { port: address.port, close: () => new Promise((done) => server.close(() => done())) };
}

test('a program that begins to listen is offered, opened with one click, used by others, and stopped', async ({
  berth,
}) => {
  const { page } = berth;
  const main = new MainPage(page);
  await main.ready();
  await main.go('Ports');
  await expect(page.getByText('No ports and no connections')).toBeVisible();
  await main.go('Sessions');
  await main.start({ name: 'ports-1' });
  await main.waitRunning('ports-1');
  const terminal = new TerminalPage(await berth.nextWindow(() => main.control('ports-1', 'Terminal').click()));
  await terminal.ready();
  const inside = await freePort();
  await terminal.run(
    `node -e 'require("http").createServer((q, r) => r.end("from inside")).listen(${inside}, "127.0.0.1")' &`,
  );

  await page.bringToFront();
  await main.go('Ports');
  await page.getByRole('button', { name: `Forward port ${inside} of ports-1` }).click();
  const table = page.getByRole('table', { name: 'Open to this computer' });
  const row = table.getByRole('row').filter({ hasText: `main1, port ${inside}` });
  await expect(row.getByText('open to this computer')).toBeVisible();
  const address = await row.getByText(/^127\.0\.0\.1:\d+$/).innerText();
  // A port of the session is one of this computer here; the forward has another.
  expect(address).not.toBe(`127.0.0.1:${inside}`);
  expect(await (await fetch(`http://${address}/`)).text()).toBe('from inside');
  await expect(row.getByText('1 in all')).toBeVisible();
  await expect(
    page.getByRole('table', { name: 'Connections' }).getByRole('rowheader', { name: 'ports-1' }),
  ).toBeVisible();
  await row.getByRole('button', { name: /^Pin/ }).click();
  await expect(row.getByText('pinned')).toBeVisible();
  await lookBoth(page, 'forwards');

  const taken = await occupy();
  await page.getByRole('button', { name: 'Forward a port…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Forward a port' });
  await dialog.getByRole('textbox', { name: 'Port in the session' }).fill(String(inside));
  await dialog.getByRole('textbox', { name: 'Local port' }).fill(String(taken.port));
  await dialog.getByRole('button', { name: 'Forward', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Another program on this computer uses this port.');
  await look(page, 'ports-taken');
  const instead = dialog.getByRole('button', { name: /^Use \d+ instead$/ });
  const free = /\d+/.exec(await instead.innerText())?.[0] ?? '';
  await instead.click();
  await expect(dialog).toBeHidden();
  await expect(row.getByText(`127.0.0.1:${free}`)).toBeVisible();
  expect(await (await fetch(`http://127.0.0.1:${free}/`)).text()).toBe('from inside');
  await taken.close();

  await row.getByRole('button', { name: 'Stop' }).click();
  await expect(row.getByText('stopped')).toBeVisible();
  await expect(fetch(`http://127.0.0.1:${free}/`)).rejects.toThrow();
  await row.getByRole('button', { name: 'Start' }).click();
  await expect(row.getByText('open to this computer')).toBeVisible();

  // A program that is gone is said, a narrow window keeps state and controls, and one that is back is said, too.
  const answers = async () => (await fetch(`http://127.0.0.1:${free}/`).catch(() => null))?.ok ?? false;
  await terminal.run('kill %1');
  // A connection that was kept alive ends with the program; only a new one is refused.
  const silent = row.getByText('open; nothing listens');
  await expect.poll(async () => (await answers()) || !(await silent.isVisible())).toBe(false);
  await page.setViewportSize({ width: 700, height: 800 });
  for (const name of ['Open in browser', 'Stop']) {
    await expect(row.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
  }
  await look(page, 'ports-narrow');
  await page.setViewportSize({ width: 1280, height: 800 });
  await terminal.run(`python3 -m http.server ${inside} &`);
  await expect.poll(answers).toBe(true);
  await expect(row.getByText('open to this computer')).toBeVisible();
  await main.go('Sessions');
  await main.terminate('ports-1');
  await main.go('Ports');
  await expect(page.getByText('No ports and no connections')).toBeVisible();
});
