/**
 * A link under each fault that the sandbox's tunnels know: what is read is right or ends with an error, never short or
 * wrong; and the link is back by itself.
 */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Link } from '../../src-preload/contract/links.ts';
import { createKernelRuntime } from '../../src-sandbox/runtime/runtime.ts';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { call } from '../../src-sandbox/testing/client.ts';
import { siteWire } from '../backend/site-wire.ts';
import { until } from '../backend/testing.ts';
import { BerthError } from '../base/berth-error.ts';
import { systemClock } from '../base/clock.ts';
import { SessionsService } from '../sessions/sessions-service.ts';
import { SitesService } from '../sites/sites-service.ts';
import { MemoryDocument, MemorySecrets, quietLog } from '../sites/testing.ts';
import { createLinksService, type LinksService, type SessionUse } from './links-service.ts';
import { memoryStore } from './testing/test-site.ts';

/** More than the handshake, so that a fault after this many bytes meets what is read. */
const afterBytes = 400_000;
const readBytes = 3_000_000;

let dir = '';
let script = '';
let sandbox: Sandbox;
let sites: SitesService;
let sessions: SessionsService;
let links: LinksService;
let use: SessionUse;
let states: Link['state'][] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-link-faults-'));
  script = join(dir, 'faults.json');
  await writeFile(script, '{}');
  const log = (): void => undefined;
  const runtime = await createKernelRuntime({ dataDir: dir, sshd: 'builtin', log });
  const common = { dataDir: dir, port: 0, madeUp: 0, paceMs: 5, runtime, log, faults: script };
  sandbox = await startSandbox({ ...common, manager: 'current' });
  const documents = { documents: new MemoryDocument(), secrets: new MemorySecrets() };
  sites = new SitesService({ ...documents, emit: () => undefined, clock: systemClock, wire: siteWire, log: quietLog });
  sessions = new SessionsService({ accounts: sites, emit: () => undefined, clock: systemClock, log: quietLog });
  const accountId = await sites.addSandboxAccount(sandbox.info);
  const made = await call(sandbox.info, 'POST', '/session', { image: 'shell', name: 'faults', config: {} });
  const sessionId = String(made.json?.sessionId);
  links = createLinksService({
    accounts: sites,
    known: sessions,
    hostKeyStore: memoryStore(),
    emit: (area, name, payload) => {
      if (area === 'links' && name === 'changed') states.push((payload as Link).state);
    },
    clock: systemClock,
    random: () => 0.5,
    idleMinutes: () => 30,
    log: { info: () => undefined, warn: () => undefined },
  });
  use = links.acquire({ accountId, sessionId }, { kind: 'files' });
  await use.ready();
});

afterAll(async () => {
  await links.dispose();
  sessions.dispose();
  sites.dispose();
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

let written = 0;
async function tell(faults: Readonly<Record<string, unknown>>): Promise<void> {
  written += 1;
  await writeFile(`${script}.new`, JSON.stringify({ seed: written, ...faults }));
  await rename(`${script}.new`, script);
}

/** The next tunnel to the SSH server meets this; the one that there is ends. */
async function meetNext(rule: Readonly<Record<string, unknown>>): Promise<void> {
  const before = use.connection;
  const on = 'GET /stream/session/*/tcpproxy';
  await tell({ now: ['cut-tunnels'], rules: [{ on, query: { app: 'sshd' }, count: 1, ...rule }] });
  await until(() => use.connection !== before, 20_000);
  // The waits of the case before do not count for this one.
  use.retry();
  await until(() => use.connection !== null, 20_000);
}

/**
 * Numbers in a row from the session; how far they were right, and how it ended.
 * @param lasts seconds that the program stays when it has said everything
 */
async function read(lasts = 0): Promise<{ bytes: number; isWhole: boolean; error: unknown }> {
  const command = `seq -f %09.0f 1 ${readBytes / 10}; sleep ${lasts}`;
  let text = '';
  let error: unknown = null;
  try {
    const channel = await (await use.ready()).exec(command);
    for await (const chunk of channel) text += String(chunk);
  } catch (cause) {
    error = cause;
  }
  const wrong = text.match(/\d{9}\n/g)?.findIndex((line, at) => Number(line) !== at + 1) ?? -1;
  expect(wrong, 'a number out of its row').toBe(-1);
  expect(text.length % 10 === 0 || error !== null, 'cut within a number, and no error').toBe(true);
  return { bytes: text.length, isWhole: text.length === readBytes, error };
}

async function isWell(): Promise<void> {
  await tell({});
  use.retry();
  expect(await read()).toEqual({ bytes: readBytes, isWhole: true, error: null });
}

describe('a link under faults', () => {
  afterEach(() => {
    states = [];
  });

  it.each([
    ['lost bytes', { fault: 'tunnel-drop', afterBytes, bytes: 1 }],
    ['many lost bytes', { fault: 'tunnel-drop', afterBytes, bytes: 70_000 }],
    ['a cut', { fault: 'tunnel-cut', afterBytes }],
    ['a reset of the line', { fault: 'reset', afterMs: 400 }],
  ])('%s end what is read with an error, after nothing but right bytes', async (_name, rule) => {
    await meetNext(rule);
    const { error } = await read(30);
    expect(error).toBeInstanceOf(BerthError);
    expect(error).toMatchObject({ code: 'tunnel-lost' });
    await isWell();
  });

  it('a line that is dead on one end is noticed within 6 s, and replaced', async () => {
    await meetNext({ fault: 'tunnel-half-open', afterBytes });
    const begunAt = performance.now();
    const { error } = await read();
    expect(error).toMatchObject({ code: 'tunnel-lost' });
    // The bytes before the silence take their time, too.
    expect(performance.now() - begunAt).toBeLessThan(9_000);
    await isWell();
  });

  it('a line that stands still for a while is waited for, and nothing is lost', async () => {
    await meetNext({ fault: 'tunnel-stall', afterBytes, ms: 4_000 });
    const connection = use.connection;
    states = [];
    const begunAt = performance.now();
    expect(await read()).toMatchObject({ isWhole: true, error: null });
    expect(performance.now() - begunAt).toBeGreaterThan(3_900);
    expect(use.connection).toBe(connection);
    expect(states).not.toContain('connecting');
  });

  it('a long way is only slow', async () => {
    await meetNext({ fault: 'tunnel-delay', ms: 60 });
    const connection = use.connection;
    expect(await read()).toMatchObject({ isWhole: true, error: null });
    const begunAt = performance.now();
    for await (const _ of await (await use.ready()).exec('echo'))
      expect(performance.now() - begunAt).toBeGreaterThan(55);
    expect(use.connection).toBe(connection);
  });

  it.each(['cut', 'reset', '503'])('a handshake that meets %s is tried again', async (fault) => {
    await meetNext({ fault, count: 2 });
    await isWell();
  });
});
