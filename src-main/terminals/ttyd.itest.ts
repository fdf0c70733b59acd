/** The site's console where there is no SSH server: against a server of its protocol, and ttyd itself where it is. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { LinksService } from '../links/links-service.ts';
import { until } from '../links/testing/real-ssh-server.ts';
import { linksOver } from '../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../links/testing/test-site.ts';
import { Terminal } from './terminal.ts';
import { terminalsStreams } from './terminals-handlers.ts';
import { TestPort } from './testing/test-port.ts';
import { startConsole, startTtyd, type TestConsole } from './testing/ttyd-server.ts';

const program = process.env.BERTH_TTYD ?? '/usr/bin/ttyd';
const hasTtyd = existsSync(program);
if (!hasTtyd) console.warn(`Skipped: ${program} is not installed (Debian 12 has no package of it)`);

describe.each([
  ['a server of its protocol', startConsole],
  ...(hasTtyd ? [['ttyd', (command: readonly string[]) => startTtyd(program, command)] as const] : []),
] as const)('console over %s', (_name, start) => {
  let site: TestSite;
  let links: LinksService;
  let server: TestConsole | undefined;
  let streams: ReturnType<typeof terminalsStreams>;

  beforeEach(async () => {
    site = await startTestSite();
    site.services = [{ name: 'ttyd', protocol: 'http', ports: [7681], urlTemplate: null }];
    links = linksOver(site);
    streams = terminalsStreams({ links, clock: systemClock });
  });
  afterEach(async () => {
    await links.dispose();
    await server?.stop();
    server = undefined;
    await site.close();
  });

  const show = (port: TestPort): void =>
    streams.attach({ ...testRef, cols: 100, rows: 30, terminalId: 'abcd', history: 100 }, port);
  const attach = async (command: readonly string[], port = new TestPort()): Promise<TestPort> => {
    server = await start(command);
    site.ports.set('ttyd', server.port);
    show(port);
    await until(() => port.of('attached').length === 1, 'attached');
    return port;
  };

  it('types, resizes, and tells how a shell ended', async () => {
    const port = await attach(['bash', '--norc']);
    expect(port.of('attached')).toEqual([{ type: 'attached', over: 'console', resumed: false }]);
    expect(port.of('state').map((note) => note.state)).not.toContain('failed');
    port.type('stty size; echo 한글\r');
    await until(() => port.output.includes('30 100') && port.output.includes('한글\r\n'), 'size');
    port.control({ type: 'resize', cols: 77, rows: 20 });
    port.type('sleep 0.3; stty size\r');
    await until(() => port.output.includes('20 77'), 'new size');
    port.type('exit\r');
    await until(() => port.closed !== null, 'closed');
    // ttyd on libwebsockets 4.1 ends without the close code that would tell.
    expect([0, null]).toContain(port.of('exited')[0]?.code);
    expect(port.closed?.error).toBeUndefined();
  });

  it('never sends more than the credit, and loses nothing when it comes', async () => {
    const port = new TestPort(10_000);
    port.autoCredit = false;
    await attach(['bash', '--norc'], port);
    port.type('stty -echo; seq -f %07.0f 1 200000\r');
    await until(() => port.credit === 0, 'used up');
    await sleep(300);
    expect(port.bytes).toBe(10_000);
    port.autoCredit = true;
    port.give(256 * 1024);
    await until(() => port.bytes > 200_000 * 9, 'the rest', 30_000);
    const numbers = [...port.output.matchAll(/^(\d{7})\r$/gm)].map(([, text]) => Number(text));
    // The test's port keeps the first million characters.
    expect(numbers.every((number, at) => number === (numbers[0] ?? 0) + at)).toBe(true);
    port.leave();
  });

  it('goes on in another window, where a program that fills the screen draws it anew', async () => {
    const first = await attach(['bash', '--norc']);
    first.type('trap DRAWN=anew WINCH; MARK=moved; seq -f %07.0f 1 200000; echo pri\\nted\r');
    await until(() => first.bytes > 200_000 * 9, 'printed', 30_000);
    await sleep(200);
    const second = new TestPort();
    show(second);
    await until(() => second.of('attached').length === 1, 'attached');
    expect(first.of('moved')).toHaveLength(1);
    expect(second.of('attached')).toEqual([{ type: 'attached', over: 'console', resumed: true }]);
    // The last of it, from a whole line on.
    expect(second.output).toMatch(/^\d{7}\r\n/);
    // The test's port keeps the first million characters.
    second.output = '';
    second.type('echo "<$MARK $DRAWN>"\r');
    await until(() => second.output.includes('<moved anew>'), 'the same shell, which was told to draw');
    second.type('exit\r');
    await until(() => second.closed !== null, 'closed');
  });

  it('is back by itself after a cut', async () => {
    const port = await attach(['bash', '--norc']);
    site.cutAndStayAway();
    await until(() => port.of('state').some((note) => note.error !== undefined), 'lost', 15_000);
    site.mend();
    port.control({ type: 'retry' });
    await until(() => port.of('attached').length === 2, 'attached again', 15_000);
    // A plain shell is a new one; only tmux would be the same.
    expect(port.of('attached')[1]).toEqual({ type: 'attached', over: 'console', resumed: false });
    port.type('exit 3\r');
    await until(() => port.closed !== null, 'closed');
    expect(port.of('exited')).toHaveLength(1);
  });

  it('says that there is neither', async () => {
    site.services = [];
    const port = new TestPort();
    new Terminal(
      { links, clock: systemClock },
      { ...testRef, cols: 80, rows: 24, terminalId: 'abcd', history: 0 },
      port,
    );
    await until(() => port.closed !== null, 'closed');
    expect(port.closed?.error).toMatchObject({ code: 'no-ssh-service' });
  });
});

describe('a console that misbehaves', () => {
  it('is cut off when a frame has no end, and held when it does not wait', async () => {
    const site = await startTestSite();
    site.services = [{ name: 'ttyd', protocol: 'http', ports: [7681], urlTemplate: null }];
    const server = await startConsole(['cat']);
    site.ports.set('ttyd', server.port);
    const links = linksOver(site);
    try {
      const port = new TestPort(1_000);
      port.autoCredit = false;
      new Terminal(
        { links, clock: systemClock },
        { ...testRef, cols: 80, rows: 24, terminalId: 'abcd', history: 0 },
        port,
      );
      await until(() => port.of('attached').length === 1, 'attached');
      const piece = Buffer.alloc(256 * 1024, '0');
      for (let count = 0; count < 400; count += 1) server.send(piece);
      await until(() => server.heard.includes('2'), 'asked to wait');
      await sleep(2_500);
      expect(port.bytes).toBe(1_000);
      // 100 MB were sent; this side took a few, the rest is the sender's.
      expect(server.unsentBytes()).toBeGreaterThan(50e6);
      server.send(Buffer.alloc(5 * 1024 * 1024, '0'));
      port.autoCredit = true;
      port.give(256 * 1024);
      await until(
        () => port.of('state').some((note) => note.error !== undefined) || port.closed !== null,
        'cut',
        20_000,
      );
    } finally {
      await links.dispose();
      await server.stop();
      await site.close();
    }
  });
});
