/** A session's one connection, seen from every window that uses it: it dies while the app stands still, and comes back. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '../hosts/fixture.ts';
import { freePort } from '../hosts/free-port.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { processTree } from '../hosts/raw-http.ts';
import { SiteClient } from '../hosts/site-client.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test.use({ flags: [] });

/** Longer than a dead peer may go unnoticed. */
const stoppedMs = 6_500;

/** As when the lid is closed: nothing of Berth runs, and what comes meanwhile waits. */
async function whileAsleep(processId: number | null, during: () => void): Promise<void> {
  if (processId === null) throw new Error('This host does not tell its process');
  const pids = processTree(processId);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    during();
    await sleep(stoppedMs);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

test('a connection that died while the computer slept is noticed, told everywhere, and comes back with the same shell', async ({
  berth,
}) => {
  const folder = scratchFolder();
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, '{}');
  // Behind a webserver a tunnel that died stays open and answers pings.
  const site = await startSandbox(join(folder, 'data'), ['--webserver', '--faults', faults]);
  try {
    const { page } = berth;
    const main = new MainPage(page);
    const { email = '', password = '' } = site.accounts[0] ?? {};
    await new SignInPage(page).signInAs({ endpoint: site.webserver ?? '', email, password });
    await main.ready();
    const port = await freePort();
    await new SiteClient(site).create({
      name: 'work',
      config: { resources: { cpu: '1', mem: '512m' }, preopen_ports: [port] },
    });
    await main.waitRunning('work');
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control('work', 'Terminal').click()));
    await terminal.ready();
    await terminal.run(
      `mkdir www; echo page-$((40+2)) > www/a.txt; (cd www; python3 -m http.server -b 127.0.0.1 ${port} &) 2>log.txt`,
    );
    await terminal.run('export KEPT=same-$((40+2))');
    await main.control('work', 'Apps').click();
    const apps = page.getByRole('dialog', { name: 'Apps of work' });
    const app = await berth.nextWindow(() => apps.getByRole('button', { name: String(port) }).click());
    await expect(app.getByRole('link', { name: 'a.txt' })).toBeVisible({ timeout: 20_000 });
    await main.go('Ports');
    const row = page.getByRole('table', { name: 'Connections' }).getByRole('row').filter({ hasText: 'work' });
    await expect(row).toContainText(/up for/);

    await whileAsleep(berth.processId, () => {
      // The old tunnel is dead, and the site is not ready for another one.
      const refused = { on: 'GET /stream/session/*/tcpproxy', at: 'manager', fault: '503' };
      writeFileSync(faults, JSON.stringify({ now: ['half-open-tunnels'], rules: [refused] }));
    });
    const told = terminal.page.getByText(/Connection lost \d+ s ago, trying again/);
    await expect(told).toBeVisible({ timeout: 6_000 });
    await terminal.page.keyboard.type('echo typed-while-away=$KEPT=');
    await expect(terminal.page.getByText(/^\d+ keys are held/)).toBeVisible();
    await expect(app.getByText(/connection to the session is lost/)).toBeVisible({ timeout: 6_000 });
    await expect(row).toContainText(/lost for .*trying again/);

    writeFileSync(faults, '{}');
    await terminal.page.getByRole('button', { name: 'Try now' }).click();
    await expect(told).toBeHidden({ timeout: 15_000 });
    await terminal.page.keyboard.press('Enter');
    await expect.poll(() => terminal.text()).toContain('typed-while-away=same-42=');
    await expect(row).toContainText(/up for/);
    await expect(app.getByText(/connection to the session is lost/)).toBeHidden({ timeout: 6_000 });
    await app.getByRole('link', { name: 'a.txt' }).click();
    await expect(app.getByText('page-42')).toBeVisible();
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
