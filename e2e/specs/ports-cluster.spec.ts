/** Ports of the other kernels of a session of several: offered by themselves with the kernel's name, opened with one click. */
import { expect, test } from '../hosts/fixture.ts';
import { freePort } from '../hosts/free-port.ts';
import { removeFolder, scratchFolder, startSandbox } from '../hosts/process.ts';
import { SiteClient } from '../hosts/site-client.ts';
import { lookBoth } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test.use({ flags: [] });

test('a program that begins to listen in another kernel is offered and reached; a kernel that is not reached is named', async ({
  berth,
}) => {
  const folder = scratchFolder();
  const site = await startSandbox(folder);
  try {
    const { page } = berth;
    const main = new MainPage(page);
    await new SignInPage(page).signIn(site);
    await main.ready();
    await new SiteClient(site).create({ name: 'three-of-them', cluster_size: 3 });
    await main.waitRunning('three-of-them');
    const terminal = new TerminalPage(await berth.nextWindow(() => main.control('three-of-them', 'Terminal').click()));
    await terminal.ready();
    await terminal.run(`printf 'Host sub2\\n\\tProxyCommand false\\n' | cat - .ssh/config >c; cat c >.ssh/config`);
    const inside = await freePort();
    const program = `require(\\"http\\").createServer((q, r) => r.end(\\"from sub1\\")).listen(${inside}, \\"127.0.0.1\\")`;
    await terminal.run(`ssh -n sub1 "node -e '${program}'" &`);

    await page.bringToFront();
    await main.go('Ports');
    const offer = page.getByRole('button', { name: `Forward port ${inside} of three-of-them, sub1` });
    // Once every 15 s; it may have been looked before it listened.
    await expect(offer).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('What listens in sub2 of three-of-them is not known')).toBeVisible();
    await expect(
      page.getByRole('button', { name: `Forward port ${inside} of three-of-them`, exact: true }),
    ).toBeHidden();
    await lookBoth(page, 'offers-cluster');
    await offer.click();
    const table = page.getByRole('table', { name: 'Open to this computer' });
    const row = table.getByRole('row').filter({ hasText: `sub1, port ${inside}` });
    await expect(row.getByText('open to this computer')).toBeVisible();
    const address = await row.getByText(/^127\.0\.0\.1:\d+$/).innerText();
    expect(address).not.toBe(`127.0.0.1:${inside}`);
    expect(await (await fetch(`http://${address}/`)).text()).toBe('from sub1');
    await expect(offer).toBeHidden();
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
