/**
 * Jupyter by each way around the link, against the sandbox with real SSH servers and a real Jupyter: forwarding refused, no
 * SSH server behind a webserver, and WebSockets refused, so that only the app proxy is left.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Detour } from '../../src-preload/contract/links.ts';
import { createKernelRuntime } from '../../src-sandbox/runtime/runtime.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src-sandbox/sandbox.ts';
import { siteWire } from '../backend/site-wire.ts';
import { systemClock } from '../base/clock.ts';
import { createLinksService, type LinksService, type SessionRefValue } from '../links/links-service.ts';
import { until, whyNot } from '../links/testing/real-ssh-server.ts';
import { memoryStore } from '../links/testing/test-site.ts';
import { SessionsService } from '../sessions/sessions-service.ts';
import { SitesService } from '../sites/sites-service.ts';
import { MemoryDocument, MemorySecrets, quietLog } from '../sites/testing.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { type JupyterPage, openJupyter } from './testing/jupyter.ts';
import { enter, type TestWindow } from './testing/window.ts';

const program = '/usr/bin/jupyter-notebook';
const reason = whyNot('dropbear') ?? whyNot('sshd') ?? (existsSync(program) ? null : `${program} is not installed`);
if (reason) console.warn(`Skipped: ${reason}`);

type SshServer = Parameters<typeof createKernelRuntime>[0]['sshd'];

interface World {
  readonly sandbox: Sandbox;
  readonly links: LinksService;
  readonly ref: SessionRefValue;
  readonly window: TestWindow;
  readonly jupyter: JupyterPage;
  /** Everything that windows were told and the log has. */
  readonly told: string[];
  readonly redacted: string[];
  detour(): Detour | undefined;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(
  sshd: SshServer,
  options: Partial<SandboxOptions> & { rules?: readonly unknown[] } = {},
): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'berth-ways-'));
  closing.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const log = (): void => undefined;
  const faults = join(dataDir, 'faults.json');
  await writeFile(faults, JSON.stringify({ rules: options.rules ?? [] }));
  const runtime = await createKernelRuntime({ dataDir, sshd, forwarding: false, log });
  const { rules: _, ...changes } = options;
  const base = { dataDir, port: 0, manager: 'current', madeUp: 0, paceMs: 5, runtime, log, faults } as const;
  const sandbox = await startSandbox({ ...base, ...changes });
  closing.push(() => sandbox.close());

  const told: string[] = [];
  const redacted: string[] = [];
  const emit = (...event: unknown[]): void => void told.push(JSON.stringify(event));
  const line = (message: string, fields?: unknown): void => void told.push(`${message} ${JSON.stringify(fields)}`);
  const sites = new SitesService({
    documents: new MemoryDocument(),
    secrets: new MemorySecrets(),
    emit,
    clock: systemClock,
    wire: siteWire,
    log: quietLog,
  });
  closing.push(() => sites.dispose());
  const sessions = new SessionsService({ accounts: sites, emit, clock: systemClock, log: quietLog });
  closing.push(() => sessions.dispose());
  const { webserver, email, password } = sandbox.info;
  const accountId =
    webserver === undefined
      ? await sites.addSandboxAccount(sandbox.info)
      : await signIn(sites, webserver, email, password);
  const links = createLinksService({
    accounts: sites,
    known: sessions,
    hostKeyStore: memoryStore(),
    emit,
    clock: systemClock,
    random: () => 0.5,
    idleMinutes: () => 30,
    log: { info: line, warn: line },
    redact: (secret) => void redacted.push(secret),
  });
  closing.push(() => links.dispose());
  const gateway: Gateway = createGateway({
    links,
    accounts: sites,
    known: sessions,
    clock: systemClock,
    log: { warn: line },
  });
  closing.push(() => gateway.dispose());

  const { environments } = await sites.api(accountId).launcherOptions(null);
  const version = environments.flatMap(({ versions }) => versions).find(({ image }) => image.includes('jupyter'));
  const { sessionId } = await sessions.start({
    accountId,
    name: 'ways',
    image: version?.image ?? '',
    architecture: version?.architecture ?? '',
    project: 'default',
    resourceGroup: 'default',
    slots: { cpu: '1', mem: String(2 ** 30) },
    shmemBytes: null,
    mounts: [],
  });
  await until(() => sessions.get(accountId, sessionId)?.status === 'RUNNING', 'running', 30_000);
  const ref = { accountId, sessionId };
  const window = await enter((await gateway.open({ ...ref, service: 'jupyter' })).url);
  await until(
    async () => {
      const { phase, log: lines } = await window.state();
      if (phase === 'failed') throw new Error(JSON.stringify(lines));
      return phase === 'ready';
    },
    'ready',
    60_000,
  );
  return {
    sandbox,
    links,
    ref,
    window,
    jupyter: await openJupyter(window),
    told,
    redacted,
    detour: () => links.list()[0]?.detours.find(({ service }) => service === 'jupyter'),
  };
}

/** As after an hour without a request. */
function sandboxForgets({ sandbox, ref }: World): void {
  sandbox.appProxy?.forget(ref.sessionId);
}

async function signIn(sites: SitesService, endpoint: string, email: string, password: string): Promise<string> {
  const step = await sites.signIn({ mode: 'password', endpoint, email, password, domain: 'default' });
  if (step.step !== 'done') throw new Error(step.step);
  return step.accountId;
}

async function works({ window, jupyter }: World): Promise<void> {
  expect(jupyter.tree.status).toBe(200);
  expect(jupyter.tree.text).toContain('<title>Home Page');
  expect((await jupyter.post('/api/contents', { type: 'notebook' })).status).toBe(201);
  expect((await window.ask('/api/contents')).text).toContain('Untitled.ipynb');
  expect(await jupyter.run('print(6*7)', '42')).toContain('42');
}

describe.skipIf(reason !== null)('Jupyter around the link', () => {
  it.each(['dropbear', 'openssh'] as const)('when %s refuses to forward', async (sshd) => {
    const world = await start(sshd);
    expect(world.detour()).toEqual({ service: 'jupyter', way: 'site', why: 'forward-refused' });
    expect((await world.window.state()).log.map(({ step }) => step)).toContain('through-site');
    expect(world.links.list()[0]?.state).toBe('up');
    if (sshd === 'dropbear') await works(world);
    // What goes around the link is closed together with it before the session is ended.
    const around = await world.links.dial(world.ref, 'jupyter', 0);
    const closed = once(around, 'close');
    const takeUp = world.links.letGo(world.ref);
    await closed;
    takeUp();
  });

  it('when there is no SSH server, behind a webserver that never tells of an end', async () => {
    const world = await start('none', { webserver: true });
    expect(world.detour()).toEqual({ service: 'jupyter', way: 'site', why: 'no-ssh' });
    await works(world);
  });

  it('when WebSockets of the site are refused as well: by the app proxy, and the permit stays here', async () => {
    const rules = [{ on: 'GET /stream/session/*/httpproxy', fault: '403' }];
    const world = await start('dropbear', { appProxy: 'port', rules });
    expect(world.detour()).toEqual({ service: 'jupyter', way: 'app-proxy', why: 'site-refused' });
    expect((await world.window.state()).log.map(({ step }) => step)).toContain('through-app-proxy');
    await works(world);
    const [permit = ''] = world.redacted;
    expect(permit).toMatch(/^[A-Za-z0-9+/]{80,}={0,2}$/);
    const state = await world.window.ask('/.berth/state');
    const seen = [state, world.jupyter.tree].map(({ headers, text }) => JSON.stringify(headers) + text);
    expect([...seen, ...world.told].join('\n')).not.toContain(permit.slice(0, 40));
    expect(world.jupyter.tree.headers['access-control-allow-origin']).toBeUndefined();
    // A coordinator takes circuits back: the page waits for the next one instead of showing the refusal.
    sandboxForgets(world);
    const refused = await world.window.ask('/tree', { headers: { accept: 'text/html' } });
    expect(refused.text).toContain('/.berth/page.js');
    await until(async () => (await world.window.state()).phase === 'ready', 'another circuit', 20_000);
    expect((await world.window.ask('/tree')).text).toContain('<title>Home Page');
    // The service hears whom it is asked by; the window cannot.
    expect(await world.jupyter.run("print('per' 'mit ends')", 'permit ends')).not.toContain(permit);
  });

  it('says what is missing where the site has no app proxy', async () => {
    const rules = [{ on: 'GET /stream/session/*/httpproxy', fault: '403' }];
    await expect(start('none', { rules })).rejects.toThrow(/forbidden/);
  });
});
