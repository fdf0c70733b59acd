/** Ports of the other kernels of a session of several, in the real sandbox: noticed by themselves, and forwarded. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { KernelListening } from '../../src-preload/contract/forwards.ts';
import { createKernelRuntime } from '../../src-sandbox/runtime/runtime.ts';
import { checkSystemServer } from '../../src-sandbox/runtime/ssh/system-server.ts';
import { startSandbox } from '../../src-sandbox/sandbox.ts';
import { call } from '../../src-sandbox/testing/client.ts';
import { siteWire } from '../backend/site-wire.ts';
import { systemClock } from '../base/clock.ts';
import { createLinksService } from '../links/links-service.ts';
import { accepts, freePort, until } from '../links/testing/real-ssh-server.ts';
import { memoryStore } from '../links/testing/test-site.ts';
import { SessionsService } from '../sessions/sessions-service.ts';
import { SitesService } from '../sites/sites-service.ts';
import { MemoryDocument, MemorySecrets, quietLog } from '../sites/testing.ts';
import { ForwardsService } from './forwards-service.ts';
import { againMs } from './kernel-pace-policy.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A session of three kernels on a sandbox of its own, and the service on a clock whose time can be moved on. */
async function start(sshd: 'builtin' | 'openssh' | 'dropbear') {
  const dir = await mkdtemp(join(tmpdir(), 'berth-beside-'));
  closing.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const log = (): void => undefined;
  const runtime = await createKernelRuntime({ dataDir: dir, sshd, log });
  const sandbox = await startSandbox({ dataDir: dir, port: 0, madeUp: 0, paceMs: 5, runtime, log, manager: 'current' });
  closing.push(() => sandbox.close());
  const common = { emit: () => undefined, clock: systemClock, log: quietLog };
  const sites = new SitesService({
    ...common,
    documents: new MemoryDocument(),
    secrets: new MemorySecrets(),
    wire: siteWire,
  });
  closing.push(() => sites.dispose());
  const known = new SessionsService({ ...common, accounts: sites });
  closing.push(() => known.dispose());
  const accountId = await sites.addSandboxAccount(sandbox.info);
  const config = { resources: { cpu: '1', mem: '512m' } };
  const made = await call(sandbox.info, 'POST', '/session', { image: 'shell', name: 'three', cluster_size: 3, config });
  expect(made.status, made.bytes.toString()).toBe(201);
  const ref = { accountId, sessionId: String(made.json?.sessionId) };
  await known.list(accountId, 'running');
  await until(() => known.get(accountId, ref.sessionId)?.kernels.length === 3, 'it is listed');
  const times = { ahead: 0, idleMinutes: 30 };
  const links = createLinksService({
    ...common,
    accounts: sites,
    known,
    hostKeyStore: memoryStore(),
    random: () => 0.5,
    idleMinutes: () => times.idleMinutes,
    isIdleChosen: () => true,
  });
  closing.push(() => links.dispose());
  const forwards = new ForwardsService({
    links,
    accounts: sites,
    known,
    onConnected: (listener) => sites.onConnected(listener),
    session: (asked) => known.read(asked),
    sharesPorts: () => true,
    store: memoryStore(),
    emit: () => undefined,
    clock: { ...systemClock, now: () => systemClock.now() + times.ahead },
    log: quietLog,
  });
  closing.push(() => forwards.dispose());
  const use = links.acquire(ref, { kind: 'files' });
  closing.push(() => use.dispose());
  /** Runs a command in the main kernel. */
  const run = async (command: string): Promise<string> => {
    let text = '';
    for await (const chunk of await (await use.ready()).exec(command)) text += String(chunk);
    return text;
  };
  return { ref, forwards, use, run, times };
}

const echo = (port: number): string =>
  `${process.execPath} -e "require('net').createServer((s) => s.pipe(s)).listen(${port}, '127.0.0.1')"`;

describe.each(['builtin', 'openssh', 'dropbear'] as const)('the kernels beside the main one, with %s', (sshd) => {
  it('have their ports noticed, at a slow pace, and forwarded', async (context) => {
    const problem = sshd === 'builtin' ? null : await checkSystemServer(sshd).then(() => null, String);
    if (problem) context.skip(problem);
    const { ref, forwards, use, run, times } = await start(sshd);
    // What other programs of this computer listen on has no name here, and is not offered.
    const look = async (): Promise<Record<string, KernelListening>> => {
      const looks = await forwards.listeningBeside(ref);
      const named = looks.map((it) => ({ ...it, ports: it.ports.filter(({ program }) => program !== null) }));
      return Object.fromEntries(named.map((it) => [it.kernel, it]));
    };
    expect(await look()).toEqual({
      sub1: { kernel: 'sub1', ports: [], asOf: null },
      sub2: { kernel: 'sub2', ports: [], asOf: null },
    });
    expect(use.value.state, 'a look of nobody’s wakes no link').toBe('idle');

    // Each try to get into sub2 leaves a line, and fails.
    const broken = 'Match originalhost sub2 exec "echo >>tries"\n\tProxyCommand false\n';
    await run(`printf '%s' '${broken}' | cat - .ssh/config >c && cat c >.ssh/config`);
    const tries = async (): Promise<number> => Number(await run('wc -l <tries'));
    const first = await look();
    expect(first.sub1).toMatchObject({ ports: [], asOf: expect.any(String) });
    expect(first.sub1?.unseen).toBeUndefined();
    expect(first.sub2).toMatchObject({ ports: [], unseen: 'not-reached' });

    const port = await freePort();
    await run(`ssh -n sub1 '${echo(port).replaceAll("'", `'\\''`)} >/dev/null 2>&1 &'`);
    await until(() => accepts(port), 'it listens');
    expect((await look()).sub1?.ports, 'its time has not come').toEqual([]);
    times.ahead += againMs;
    expect((await look()).sub1?.ports).toEqual([{ port, program: expect.stringMatching(/node|MainThread/) }]);
    expect(await tries()).toBe(1);
    times.ahead += 60_000;
    await Promise.all([look(), look()]);
    expect(await tries()).toBe(2);
    const main = await forwards.listening(ref, 'main1', false);
    expect(
      main.ports.filter((it) => it.port === port),
      'it is the other kernel’s',
    ).toEqual([]);

    const { localPort } = await forwards.open({ ...ref, kernel: 'sub1', port }, null);
    expect(localPort).not.toBe(port);
    const bytes = randomBytes(1_000_000);
    const socket = connect({ port: localPort, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.end(bytes);
    await once(socket, 'end');
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    await forwards.remove(forwards.list()[0]?.id ?? '');

    times.idleMinutes = 1 / 60;
    // Whoever looked for a person is done.
    await use.dispose();
    await until(async () => {
      times.ahead += againMs;
      // One that is under way when the link rests ends with it.
      await look().catch((error: unknown) => {
        if (use.value.state !== 'idle') throw error;
      });
      return use.value.state === 'idle';
    }, 'rest, although it is looked at');
  });
});
