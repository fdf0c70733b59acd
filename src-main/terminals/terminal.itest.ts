/** Terminals against a real SSH server, with and without tmux in the container. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inputWindowBytes } from '../../src-preload/contract/terminals.ts';
import { systemClock } from '../base/clock.ts';
import type { LinksService } from '../links/links-service.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { linksOver } from '../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../links/testing/test-site.ts';
import { askEveryMs } from './arrivals.ts';
import { Terminal } from './terminal.ts';
import { terminalsHandlers, terminalsStreams } from './terminals-handlers.ts';
import { TestPort } from './testing/test-port.ts';

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null).each([
  ['dropbear', true],
  ['sshd', true],
  ['dropbear', false],
] as const)('terminal over %s, tmux: %s', (kind, hasTmux) => {
  let server: RealSshServer;
  let site: TestSite;
  let links: LinksService;
  const over = hasTmux ? 'tmux' : 'shell';
  let counter = 0;
  let id: string;

  beforeAll(async () => {
    server = await startRealSshServer(kind, hasTmux ? [] : ['/usr/bin/tmux']);
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    counter += 1;
    id = `term${counter}${process.pid}`;
    site = await startTestSite(server);
    links = linksOver(site);
  });
  afterEach(async () => {
    await links.dispose();
    await site.close();
  });

  const attach = (port = new TestPort(), history = 0): TestPort => {
    new Terminal({ links, clock: systemClock }, { ...testRef, cols: 100, rows: 30, terminalId: id, history }, port);
    return port;
  };
  const attached = async (count = 1, port = attach()): Promise<TestPort> => {
    await until(() => port.of('attached').length === count, 'attached').catch((error: unknown) => {
      throw new Error(JSON.stringify([port.notes, port.closed, port.output, server.log().slice(-2000)]), {
        cause: error,
      });
    });
    return port;
  };

  it('types, shows, resizes and exits', async () => {
    const port = await attached();
    expect(port.of('attached')).toEqual([{ type: 'attached', over, resumed: false }]);
    port.type('echo "made in $HOME" > made.txt; stty size\r');
    await until(() => port.output.includes('30 100'), 'size');
    expect(await readFile(join(server.home, 'made.txt'), 'utf8')).toBe(`made in ${server.home}\n`);
    port.control({ type: 'resize', cols: 77, rows: 20 });
    port.type('sleep 0.3; stty size\r');
    await until(() => port.output.includes('20 77'), 'new size');
    port.type('echo [$TMUX]; exit 0\r');
    await until(() => port.closed !== null, 'closed');
    expect(port.output).toContain('[]');
    expect(port.of('exited')).toHaveLength(1);
    expect(port.closed?.error).toBeUndefined();
    expect(links.list()[0]?.terminals).toBe(0);
  });

  it('answers a key quickly', async () => {
    const port = await attached();
    port.type('cat\r');
    await until(() => port.output.includes('cat'), 'cat');
    await sleep(300);
    const before = port.output.length;
    const from = performance.now();
    port.type('x');
    while (port.output.length === before) await sleep(1);
    expect(performance.now() - from).toBeLessThan(300);
    port.type('\u0003');
    await until(() => port.output.includes('^C'), 'interrupted');
    port.type('exit\r');
    await until(() => port.closed !== null, 'closed');
  });

  it('says when the link is lost, ignores keys meanwhile, and is back', async () => {
    const port = await attached();
    port.type('MARK=kept-$((20+22)); sleep 0.2; echo ready\r');
    await until(() => port.output.includes('ready\r\n'), 'ready');
    site.cutAndStayAway();
    await until(() => port.of('state').some((note) => note.state === 'connecting' && note.error), 'lost');
    port.type('echo typed-while-lost\r');
    site.mend();
    await until(() => port.of('attached').length === 2, 'attached again');
    expect(port.of('attached')[1]).toEqual({ type: 'attached', over, resumed: hasTmux });
    port.output = '';
    port.type('echo "<$MARK>"\r');
    await until(() => port.output.includes(hasTmux ? '<kept-42>' : '<>'), 'variable');
    expect(port.output).not.toContain('typed-while-lost');
    expect(port.of('state').at(-1)?.state).toBe('up');
    port.type('exit\r');
    await until(() => port.closed !== null, 'closed');
  });

  it('finds its shell again after the window was reloaded, where tmux keeps it', async () => {
    const first = await attached();
    first.type('MARK=here; echo set\r');
    await until(() => first.output.includes('set\r\n'), 'set');
    first.leave();
    const second = await attached();
    expect(second.of('attached')[0]).toEqual({ type: 'attached', over, resumed: hasTmux });
    second.type('echo "<$MARK>"\r');
    // Before its end: tmux need not draw what a shell printed last.
    await until(() => second.output.includes(hasTmux ? '<here>' : '<>'), 'variable');
    second.type('exit\r');
    await until(() => second.closed !== null, 'closed');
  });

  it('tells which keys have certainly arrived, and of no others', async () => {
    const port = await attached();
    const typed = (text: string, total: { bytes: number }) => {
      port.type(text);
      total.bytes += Buffer.byteLength(text);
    };
    const total = { bytes: 0 };
    const proven = () => port.of('arrived').at(-1)?.bytes ?? 0;
    typed('A', total);
    typed('RRIVED=yes; echo he\\re\r', total);
    await until(() => proven() === total.bytes, 'all is proven');
    await until(() => port.output.includes('here'), 'it was true');
    // Answers stand still: these arrive, and nobody can tell.
    site.stallAnswers();
    const before = total.bytes;
    typed(`touch ${id}-arrived\r`, total);
    const arrived = join(server.home, `${id}-arrived`);
    await until(async () => (await stat(arrived).catch(() => null)) !== null, 'arrived');
    // Nothing passes any more: these do not arrive.
    site.stall();
    typed(`touch ${id}-lost\r`, total);
    await until(() => port.of('state').some((note) => note.state === 'degraded'), 'late', 20_000);
    site.cutAndStayAway();
    site.unstall();
    await until(() => port.of('state').some((note) => note.state === 'connecting' && note.error), 'lost', 20_000);
    expect(proven()).toBe(before);
    site.mend();
    await until(() => port.of('attached').length === 2, 'attached again', 20_000);
    // What the lost link had is never proven by the next one, until something is typed after it.
    await sleep(2 * askEveryMs);
    expect(proven()).toBe(before);
    typed('exit\r', total);
    await until(() => port.closed !== null, 'closed');
    expect(await stat(join(server.home, `${id}-lost`)).catch(() => null)).toBeNull();
  });

  it('goes on in another window with what it printed, and has its keys once that is drawn', async () => {
    const streams = terminalsStreams({ links, clock: systemClock });
    const open = (port: TestPort) =>
      streams.attach({ ...testRef, cols: 100, rows: 30, terminalId: id, history: 1000 }, port);
    const [first, second] = [new TestPort(), new TestPort()];
    const ask = 'echo "<$MARK>"\r';
    open(first);
    await until(() => first.of('attached').length === 1, 'attached');
    first.type('MARK=moved-$((40+2)); seq 1 60; echo 한글; echo pri\\nted\r');
    await until(() => first.output.includes('printed'), 'printed');
    second.autoCredit = false;
    open(second);
    await until(() => first.closed !== null, 'the first window is told');
    expect(first.of('moved')).toHaveLength(1);
    expect(first.of('exited')).toEqual([]);
    expect(first.closed?.error).toBeUndefined();
    await until(() => second.output.includes('printed'), 'the past');
    if (!hasTmux) {
      // What is typed meanwhile waits, and what xterm answers to a question in the past never comes to be sent.
      second.type(ask);
      await sleep(200);
      expect(second.of('attached')).toEqual([]);
      expect(second.output).not.toContain('moved-42');
    }
    second.autoCredit = true;
    second.give(second.bytes);
    await until(() => second.of('attached').length === 1, 'attached');
    expect(second.of('attached')[0]).toEqual({ type: 'attached', over, resumed: true });
    expect(second.output).toMatch(/7\r*\n8\r*\n[\s\S]*한글/);
    if (hasTmux) second.type(ask);
    await until(() => second.output.includes('<moved-42>'), 'the same shell');
    // Counted from this window's own beginning.
    second.type('\u0015');
    await until(() => second.of('arrived').length > 0, 'arrived');
    await until(() => second.of('arrived').at(-1)?.bytes === ask.length + 1, 'all');
    first.type('echo from-the-first\r');
    first.leave();
    second.type('stty size; exit\r');
    await until(() => second.closed !== null, 'closed');
    expect(second.output).toContain('30 100');
    expect(second.output).not.toContain('from-the-first');
    expect(links.list()[0]?.terminals).toBe(0);
  });

  /** Windows that take the same terminal, each from the one before. */
  const windows = () => {
    const streams = terminalsStreams({ links, clock: systemClock });
    return async (port: TestPort, before?: TestPort): Promise<TestPort> => {
      streams.attach({ ...testRef, cols: 100, rows: 30, terminalId: id, history: 1000 }, port);
      if (before) await until(() => before.of('moved').length === 1, 'the window before is told');
      return port;
    };
  };
  const undrawn = (): TestPort => Object.assign(new TestPort(), { autoCredit: false });

  it('goes on in a third window that takes it before the second has drawn it', async () => {
    const open = windows();
    const first = await open(new TestPort());
    await until(() => first.of('attached').length === 1, 'attached');
    first.type('MARK=moved-$((40+2)); echo pri\\nted\r');
    await until(() => first.output.includes('printed'), 'printed');
    const second = await open(undrawn(), first);
    const third = await open(new TestPort(), second);
    await until(() => third.of('attached').length === 1, 'attached again');
    expect(third.of('attached')[0]).toEqual({ type: 'attached', over, resumed: true });
    third.type('echo "<$MARK>"; exit\r');
    await until(() => third.closed !== null, 'closed');
    expect(third.output).toContain('<moved-42>');
    expect(second.of('exited')).toEqual([]);
  });

  it('is left to nobody when the window that it goes to closes, or the session ends, before it is drawn there', async () => {
    const open = windows();
    const first = await open(new TestPort());
    await until(() => first.of('attached').length === 1, 'attached');
    first.type('echo pri\\nted\r');
    await until(() => first.output.includes('printed'), 'printed');
    (await open(undrawn(), first)).leave();
    await until(() => links.list()[0]?.terminals === 0, 'let go of');
    // tmux keeps its shell, as of any window that closes.
    const third = await open(new TestPort());
    await until(() => third.of('attached').length === 1, 'attached again');
    expect(third.of('attached')[0]).toEqual({ type: 'attached', over, resumed: hasTmux });
    third.type('echo pri\\nted\r');
    await until(() => third.output.includes('printed'), 'printed again');
    const fourth = await open(undrawn(), third);
    site.endSession();
    await until(() => fourth.closed !== null, 'closed');
    expect(fourth.closed?.error).toMatchObject({ code: 'session-gone' });
    expect(third.closed?.error).toBeUndefined();
    // Nothing of it comes later, such as the shell that the move was waiting to tell of.
    const told = fourth.notes.length;
    fourth.give(fourth.bytes);
    expect(fourth.notes).toHaveLength(told);
  });

  it('never sends more than the credit, and goes on when it comes', async () => {
    const port = new TestPort(10_000);
    port.autoCredit = false;
    attach(port);
    await until(() => port.of('attached').length === 1, 'attached');
    port.type('seq 1 200000\r');
    await until(() => port.credit === 0, 'used up');
    await sleep(300);
    expect(port.bytes).toBe(10_000);
    port.autoCredit = true;
    port.give(256 * 1024);
    const isThere = () => port.output.includes('200000\r\n') || port.output.includes('200000\u001b[K\r\n');
    await until(() => isThere() || port.bytes > 1_300_000, 'the rest', 60_000);
    port.type('exit\r');
    await until(() => port.closed !== null, 'closed', 20_000);
  });

  it('shows what was printed before, once, when its shell is found again', async () => {
    const first = await attached();
    first.type('for i in $(seq 1 300); do echo "line $i 한글"; done; echo done\r');
    await until(() => first.output.includes('done\r\n'), 'printed');
    first.leave();
    const second = await attached(1, attach(new TestPort(), 10_000));
    second.type('seq 5001 8000; echo he\\re\r');
    await until(() => second.output.includes('here'), 'the screen');
    if (hasTmux) {
      // Of output that rushes by, tmux sends but the last screen; asked again, it tells all.
      const before = second.output.length;
      second.control({ type: 'refill' });
      await until(() => second.of('attached').length === 2, 'attached again');
      const again = second.output.slice(before).replaceAll('\r', '');
      expect(again).toContain(`${Array.from({ length: 2900 }, (_, at) => at + 5001).join('\n')}\n`);
      expect(second.of('attached')[1]).toEqual({ type: 'attached', over: 'tmux', resumed: true });
      second.output = second.output.slice(0, before);
    }
    second.type('exit\r');
    await until(() => second.closed !== null, 'closed');
    const count = (text: string) => second.output.split(text).length - 1;
    expect(count('\u001bc')).toBe(hasTmux ? 1 : 0);
    expect(count('line 7 한글')).toBe(hasTmux ? 1 : 0);
    expect(count('line 250 한글')).toBe(hasTmux ? 1 : 0);
    expect(second.output).not.toContain('7791;');
  });

  it('passes on what programs copy, in every form, and titles', async () => {
    const port = await attached();
    const copies = String.raw`printf '\033]52;c;YQ==\a\033]52;p;Yg==\a\033]52;;Yw==\a\033Ptmux;\033\033]52;c;ZA==\a\033\\'`;
    port.type(`${copies}; printf '\\033]2;my-%s\\a' title; echo cop\\ied\r`);
    await until(() => port.output.includes('cop' + 'ied'), 'copied');
    await until(() => port.output.includes(';my-title\u0007'), 'title');
    // tmux tells all but the wrapped one with an empty target.
    const told = ['YQ==', 'Yg==', 'Yw=='].map((text) => new RegExp(`\u001b\\]52;[cp]?;${text}`).test(port.output));
    expect(told).toEqual([true, true, true]);
    if (hasTmux) {
      expect(port.output).toContain('\u001b]52;;YQ==\u0007');
      expect(port.output).toContain('\u001b]52;c;ZA==\u0007');
    }
    port.type('exit\r');
    await until(() => port.closed !== null, 'closed');
  });

  // Without tmux nobody but programs names a terminal.
  if (hasTmux) {
    it('is called after what runs, also when that was interrupted, and rings for no silence', async () => {
      const port = await attached();
      // What stands between the sequences that set a title; tmux ends them with a bell.
      const parts = () => port.output.split('\u001b]').map((part) => part.split('\u0007'));
      const isCalled = (title: string) =>
        until(
          () =>
            parts()
              .map(([set]) => set)
              .filter((set) => /^[02];/.test(set ?? ''))
              .at(-1)
              ?.slice(2) === title,
          `called ${title}`,
        );
      await isCalled('bash');
      // One that prints: tmux looks for the program when there is output.
      port.type("perl -e '$|=1; while (1) { print 1; sleep 1 }'\r");
      await isCalled('perl');
      port.type('\u0003');
      await isCalled('bash');
      expect(parts().every(({ length }) => length <= 2)).toBe(true);
      port.type('exit\r');
      await until(() => port.closed !== null, 'closed');
    });
  }

  it('takes a paste of megabytes piece by piece, and tells how much went', async () => {
    const port = await attached();
    port.type('stty raw -echo; echo re\\ady; head -c 1000000 | sha256sum; stty sane\r');
    await until(() => port.output.includes('ready'), 'ready');
    const bytes = Buffer.alloc(1_000_000, 'a line of text to be pasted, 0123456789\n');
    const taken = () => port.of('taken').reduce((sum, note) => sum + note.bytes, 0);
    const from = taken();
    for (let at = 0; at < bytes.length; at += 16_384) {
      await until(() => at - (taken() - from) <= inputWindowBytes - 16_384, 'room');
      port.type(bytes.subarray(at, at + 16_384).toString());
    }
    const hash = createHash('sha256').update(bytes).digest('hex');
    await until(() => port.output.includes(hash), 'all of it', 30_000);
    port.type('\rexit\r');
    await until(() => port.closed !== null, 'closed');
  });

  it('tells of kept shells, hands out all they printed, forgets and ends them', async () => {
    const { signal } = new AbortController();
    const ask = terminalsHandlers({ links, clock: systemClock });
    const port = await attached();
    const one = { ...testRef, terminalId: id };
    port.type('seq 1 3000; sleep 1000\r');
    await until(() => port.output.includes('3000'), 'printed');
    if (!hasTmux) {
      expect(await ask.kept(testRef, { signal })).toEqual([]);
      port.leave();
      return;
    }
    const mine = async () => (await ask.kept(testRef, { signal })).find((kept) => kept.terminalId === id);
    await until(async () => (await mine())?.program === 'sleep', 'sleeps');
    port.type('\u0003');
    await until(async () => (await mine())?.program === null, 'waits');
    expect(await mine()).toMatchObject({ isShown: true });
    const { text, cut } = await ask.output(one, { signal });
    expect(cut).toBe(false);
    expect(text).toContain(`${Array.from({ length: 3000 }, (_, at) => at + 1).join('\n')}\n`);
    port.control({ type: 'clear' });
    await until(async () => !(await ask.output(one, { signal })).text.includes('\n1500\n'), 'forgotten');
    await ask.end(one, { signal });
    await until(() => port.closed !== null, 'closed');
    await ask.end(one, { signal });
    expect(await mine()).toBeUndefined();
  });

  it('ends when the session ends', async () => {
    const port = await attached();
    site.endSession();
    await until(() => port.closed !== null, 'closed');
    expect(port.closed?.error).toMatchObject({ code: 'session-gone' });
    expect(port.of('state').at(-1)?.state).toBe('failed');
  });
});
