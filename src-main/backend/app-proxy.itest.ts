/**
 * Circuits of the sandbox's app proxy: apps at ports asked for through a webserver, apps at subdomains through a CONNECT
 * proxy, which resolves the names that this computer does not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { systemClock } from '../base/clock.ts';
import type { Circuit } from './app-proxy.ts';
import { createAuthenticator } from './authenticator.ts';
import { createSiteApi } from './create-site-api.ts';
import { probe } from './probe.ts';
import { createRoute, defaultRouteSettings, type RouteSettings } from './route.ts';
import type { SiteApi } from './site-api.ts';
import { startConnectProxy } from './testing/connect-proxy.ts';
import { pickApiVersion } from './version-gates.ts';
import { createWebserverDoor } from './webserver.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(
  options: Partial<SandboxOptions>,
  settings: Partial<RouteSettings> = {},
): Promise<{ sandbox: Sandbox; api: SiteApi; sessionId: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'berth-circuits-'));
  closing.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const runtime = new RuntimeDouble(dataDir);
  const log = () => undefined;
  const base = { dataDir, port: 0, manager: 'current', madeUp: 0, paceMs: 1, runtime, log } as const;
  const sandbox = await startSandbox({ ...base, ...options });
  closing.push(() => sandbox.close());
  const { info } = sandbox;
  const endpoint = info.webserver ?? info.endpoint;
  const route = createRoute({ ...defaultRouteSettings, ...settings });
  const { hello } = await probe(endpoint, { route });
  const apiVersion = pickApiVersion(hello);
  const credential =
    info.webserver === undefined
      ? ({ kind: 'keypair', accessKey: info.accessKey, secretKey: info.secretKey, logoutToken: null } as const)
      : await signIn({ endpoint, route, clock: systemClock, apiVersion }, info.email, info.password);
  const authenticator = createAuthenticator(credential);
  const api = createSiteApi({ endpoint, authenticator, hello, clock: systemClock, route });
  closing.push(() => api.dispose());
  const { environments, projects, resourceGroups } = await api.launcherOptions(null);
  const version = environments.flatMap(({ versions }) => versions).find(({ installed }) => installed);
  const started = await api.start({
    accountId: 'account-1',
    name: 'circuits',
    image: version?.image ?? '',
    architecture: version?.architecture ?? '',
    project: projects[0] ?? '',
    resourceGroup: resourceGroups[0] ?? '',
    slots: { cpu: '1', mem: String(2 ** 30) },
    shmemBytes: null,
    mounts: [],
  });
  await expect.poll(async () => (await api.session(started.sessionId))?.status, { timeout: 15_000 }).toBe('RUNNING');
  return { sandbox, api, sessionId: started.sessionId };
}

async function signIn(door: Parameters<typeof createWebserverDoor>[0], username: string, password: string) {
  const outcome = await createWebserverDoor(door).login({ username, password, domain: 'default' });
  if (outcome.kind !== 'in') throw new Error(outcome.kind);
  return outcome.credential;
}

/** The status line of an answer to a plain request. */
async function ask(circuit: Circuit, cookie: string | null): Promise<string> {
  const stream = await circuit.connect();
  const lines = [
    'GET / HTTP/1.1',
    `Host: ${new URL(circuit.origin).host}`,
    'Accept: application/json',
    'Connection: close',
  ];
  if (cookie !== null) lines.push(`Cookie: ${cookie}`);
  stream.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const chunk of stream) answer += String(chunk);
  return `${answer.slice(9, 12)} ${/"title":"([^"]*)"/.exec(answer)?.[1] ?? ''}`;
}

/** Nothing listens there, so that whoever is let in hears of the container. */
const service = 'refusing';
const admitted = '502 Cannot connect to Backend.AI kernel.';

it('opens an app at a port, asked for through a webserver', async () => {
  const { api, sessionId } = await open({ appProxy: 'port', webserver: true });
  expect(api.hearsClose()).toBe(false);
  expect(await api.proxyVersion('default', 'default')).toBe('v2');
  const circuit = await api.openCircuit(sessionId, service, 'http');
  expect(circuit.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await ask(circuit, null)).toBe('401 E20004: Authorization cookie not provided');
  expect(await ask(circuit, circuit.cookie)).toBe(admitted);
  expect((await api.openCircuit(sessionId, service, 'http')).origin).toBe(circuit.origin);
});

it('opens an app at a subdomain, through the site’s own proxy', async () => {
  const proxy = await startConnectProxy();
  closing.push(() => proxy.close());
  const setting = { kind: 'address', address: proxy.address, user: '', password: null } as const;
  const { api, sessionId } = await open({ appProxy: 'subdomain' }, { proxy: setting });
  const circuit = await api.openCircuit(sessionId, service, 'http');
  expect(circuit.origin).toMatch(/^http:\/\/app-1\.apps\.localhost:\d+$/);
  expect(await ask(circuit, circuit.cookie)).toBe(admitted);
  expect(proxy.seen.at(-1)).toBe(new URL(circuit.origin).host);
});

it('says where there is none, and what it refuses', async () => {
  const { api, sessionId } = await open({});
  expect(await api.proxyVersion('default', 'default')).toBe('v1');
  await expect(api.openCircuit(sessionId, service, 'http')).rejects.toMatchObject({
    code: 'app-proxy-failed',
    params: { reason: 'not-offered' },
  });
  const { api: other, sessionId: id } = await open({ appProxy: 'port' });
  await expect(other.openCircuit(id, 'sshd', 'tcp')).rejects.toMatchObject({ params: { reason: 'no-worker' } });
  await expect(other.openCircuit(id, 'broken', 'http')).rejects.toMatchObject({ code: 'server-error' });
});
