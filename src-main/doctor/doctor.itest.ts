/** One real failing server for each hop of the way: the doctor names that hop, says what to do, and tells no secret. */

import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DoctorReport, doctorText, DoctorReport as Report } from '../../src-preload/contract/doctor.ts';
import { situationOf } from '../../src-preload/contract/errors.ts';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { createHmacAuthenticator } from '../backend/authenticator.ts';
import { createSiteApi } from '../backend/create-site-api.ts';
import { createDoctorTools } from '../backend/doctor-tools.ts';
import { probe } from '../backend/probe.ts';
import { createRoute, defaultRouteSettings, type RouteSettings } from '../backend/route.ts';
import { makeAuthority } from '../backend/testing/certificates.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { Redactor } from '../log/redact.ts';
import { examine } from './doctor.ts';

const canary = 'canary-doctor-7c1e';
const servers = new Set<Server | TcpServer>();
let dataDir = '';
let sandbox: Sandbox;

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'berth-doctor-'));
  const runtime = new RuntimeDouble(dataDir);
  sandbox = await startSandbox({
    dataDir,
    port: 0,
    manager: 'current',
    madeUp: 0,
    paceMs: 20,
    runtime,
    log: () => undefined,
  });
});
afterAll(async () => {
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});
afterEach(() => {
  for (const server of servers) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
  servers.clear();
});

interface Walk {
  readonly keys?: { readonly accessKey: string; readonly secretKey: string } | null;
  readonly settings?: Partial<RouteSettings>;
  /** This computer's. */
  readonly clock?: Clock;
}

async function walk(
  endpoint: string,
  { keys = sandbox.info, settings = {}, clock = systemClock }: Walk = {},
): Promise<DoctorReport> {
  const route = createRoute({ ...defaultRouteSettings, ...settings }, {});
  const redactor = new Redactor();
  if (keys !== null) redactor.add(keys.secretKey);
  const tools = createDoctorTools({
    endpoint,
    route,
    proxyKind: (settings.proxy ?? defaultRouteSettings.proxy).kind,
    environment: {},
    pinned: null,
    clock,
    probe: (signal) => probe(endpoint, { route, clock, signal }),
    signIn:
      keys === null
        ? null
        : async ({ hello, skewMs }) => {
            const authenticator = createHmacAuthenticator(keys.accessKey, keys.secretKey);
            return createSiteApi({ endpoint, authenticator, hello, clock, route, offsetMs: skewMs });
          },
    whyNoSignIn: 'no keys',
    connectMs: 400,
  });
  try {
    const report = await examine({
      tools,
      clock,
      redact: (text) => redactor.text(text),
      eventWaitMs: 600,
    });
    const text = `${JSON.stringify(report)}\n${doctorText(report, () => ({ what: '', advice: '' }))}`;
    expect(Report.parse(report)).toEqual(report);
    expect(text).not.toContain(canary);
    if (keys !== null) expect(text).not.toContain(keys.secretKey);
    return report;
  } finally {
    tools.dispose();
  }
}

function states(report: DoctorReport): string {
  return report.steps.map(({ state }) => ({ ok: 'o', warning: 'w', failed: 'F', 'not-tried': '-' })[state]).join('');
}

function failure(report: DoctorReport): string {
  const step = report.steps.find(({ state }) => state === 'failed');
  return step?.error === undefined ? 'none' : `${step.step} ${situationOf(step.error)}`;
}

type Twist = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The sandbox behind a server that changes one thing. The stream of events shows life at once. */
async function front(twist: Twist = () => false, passUpgrades = true): Promise<string> {
  const target = Number(new URL(sandbox.info.endpoint).port);
  const server = createServer((request, response) => {
    if (twist(request, response)) return;
    const { method, url, headers } = request;
    const onward = httpRequest({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      if (url?.startsWith('/events/')) response.write(': hello\r\n\r\n');
      answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => socket.destroy());
    if (!passUpgrades) {
      socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>');
      return;
    }
    const onward = connect(target, '127.0.0.1', () => {
      const lines = request.rawHeaders.flatMap((name, index, all) => (index % 2 ? [] : [`${name}: ${all[index + 1]}`]));
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

describe('the doctor', () => {
  it('walks the whole way of a site that works', async () => {
    const report = await walk(await front());
    expect(failure(report)).toBe('none');
    expect(states(report)).toBe('oooooooooo');
    expect(report).toMatchObject({ ok: true, failed: null });
    const facts = Object.fromEntries(report.steps.map((step) => [step.step, step.facts]));
    expect(facts.proxy).toEqual({ proxy: 'none', why: 'the environment sets none' });
    expect(facts.answer).toEqual({ 'what answers': 'a manager' });
    expect(facts.version?.manager).toMatch(/^\d\d\./);
    expect(facts.tunnel?.proved).toContain('stream proxy answers');
    expect(report.steps.every(({ ms }) => ms !== null && ms >= 0)).toBe(true);
  });

  it('opens a whole WebSocket where a session runs', async () => {
    const endpoint = await front();
    const { hello } = await probe(endpoint);
    const authenticator = createHmacAuthenticator(sandbox.info.accessKey, sandbox.info.secretKey);
    const api = createSiteApi({ endpoint, authenticator, hello, clock: systemClock, offerNotInstalled: true });
    const options = await api.launcherOptions(null);
    const version = options.environments.flatMap(({ versions }) => versions).find(({ installed }) => installed);
    const { sessionId } = await api.start({
      accountId: 'account-1',
      name: 'doctor-run',
      image: version?.image ?? '',
      architecture: version?.architecture ?? '',
      project: options.projects[0] ?? '',
      resourceGroup: options.resourceGroups[0] ?? '',
      slots: { cpu: '1', mem: '536870912' },
      shmemBytes: null,
      mounts: [],
    });
    while ((await api.session(sessionId))?.status !== 'RUNNING')
      await new Promise((resolve) => setTimeout(resolve, 50));
    const report = await walk(endpoint);
    expect(report.steps.at(-1)?.facts.proved).toContain('was opened');
    await api.terminate(sessionId, true);
    api.dispose();
  });

  it('stops at a closed port', async () => {
    const port = await listen(createServer());
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
    const report = await walk(`http://127.0.0.1:${port}`);
    expect([failure(report), states(report)]).toEqual(['tcp offline.refused', 'ooF-------']);
  });

  it('stops at a name that does not exist', async () => {
    const report = await walk('http://nobody.invalid');
    expect([failure(report), states(report)]).toEqual(['name offline.name-not-found', 'oF--------']);
  });

  it('gives up on a black hole', async () => {
    // Connections are taken by the system and never answered by anybody.
    const port = await listen(createTcpServer());
    const report = await walk(`http://127.0.0.1:${port}`);
    expect([failure(report), states(report)]).toEqual(['answer timeout.silent', 'ooooF-----']);
  });

  it('tells a self-signed certificate, one that nobody vouches for, an expired one and a wrong name apart', async () => {
    const authority = makeAuthority();
    const serve = async (pair: { key: string; cert: string }) =>
      `https://127.0.0.1:${await listen(createSecureServer(pair, (_, response) => response.end('hello')))}`;
    const own = await walk(await serve(authority.selfSigned(['127.0.0.1'])));
    expect([failure(own), states(own)]).toEqual(['tls tls.self-signed', 'oooF------']);
    expect(own.steps[3]?.facts).toMatchObject({ 'self-signed': 'yes', pinned: 'no', issuer: 'CN=127.0.0.1' });
    const unknown = await walk(await serve(authority.issue(['127.0.0.1'])));
    expect(failure(unknown)).toBe('tls tls.unknown-issuer');
    const settings = { authorities: authority.cert };
    expect(failure(await walk(await serve(authority.issue(['other.test'])), { settings }))).toBe('tls tls.wrong-name');
    expect(failure(await walk(await serve(authority.issue(['127.0.0.1'], -1)), { settings }))).toBe('tls tls.expired');
    const good = await walk(await serve(authority.issue(['127.0.0.1'])), { settings });
    expect(failure(good)).toBe('answer not-backend-ai');
    // Two days are left.
    expect(good.steps[3]).toMatchObject({ state: 'warning', facts: { issuer: 'CN=Test authority' } });
    authority.dispose();
  });

  it('stops at a proxy that is not there, and says why it was asked', async () => {
    const settings = {
      proxy: { kind: 'address', address: 'http://127.0.0.1:9', user: 'me', password: canary },
    } as const;
    const report = await walk(await front(), { settings });
    expect([failure(report), states(report)]).toEqual(['tcp offline.refused', 'ooF-------']);
    expect(report.steps[0]?.facts).toEqual({ proxy: '127.0.0.1:9', why: 'the setting of this site' });
    expect(report.steps[2]?.facts).not.toHaveProperty('canary');
  });

  it.each<[string, Twist, string]>([
    [
      'a captive portal',
      (_, response) => response.writeHead(302, { location: 'http://portal.example.net/login' }).end().writable || true,
      'answer intercepted.redirect',
    ],
    [
      'a web page',
      (_, response) => response.end('<html><body>hi</body></html>').writable || true,
      'answer intercepted.page',
    ],
    ['something else', (_, response) => response.end('{"hello":"world"}').writable || true, 'answer not-backend-ai'],
    [
      'a sign-in before the site',
      (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end().writable || true,
      'answer intercepted.login',
    ],
    ['maintenance', (_, response) => response.writeHead(503).end().writable || true, 'answer maintenance'],
  ])('knows %s', async (_name, twist, expected) => {
    const report = await walk(await front(twist));
    expect([failure(report), states(report)]).toEqual([expected, 'ooooF-----']);
  });

  it('measures a wrong clock and goes on, because Berth corrects for it', async () => {
    const clock = { ...systemClock, now: () => Date.now() - 3 * 3_600_000 };
    const report = await walk(await front(), { clock });
    expect([failure(report), states(report)]).toEqual(['clock clock-skew', 'ooooooFooo']);
    expect(report.steps[6]?.facts.difference).toMatch(/this computer is 10[78]\d\d s behind the site/);
  });

  it('stops at keys that the site does not take, and does not repeat them', async () => {
    const keys = { accessKey: sandbox.info.accessKey, secretKey: canary };
    const report = await walk(await front(), { keys });
    expect([failure(report), states(report)]).toEqual(['sign-in unauthorised', 'oooooooF--']);
    const echo = await walk(
      await front((request, response) => {
        if (request.url !== '/auth/role') return false;
        const body = {
          type: 'x/auth-failed',
          title: 'No',
          msg: `You sent ${canary}, ${request.headers.authorization}`,
        };
        response.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
        return true;
      }),
      { keys },
    );
    expect(failure(echo)).toBe('sign-in unauthorised');
    expect(echo.steps[7]?.error?.detail).toBe(
      'You sent [redacted], BackendAI signMethod=HMAC-SHA256, credential=[redacted]',
    );
  });

  it('stops at events that are held back on the way', async () => {
    const held = await walk(
      await front((request, response) => {
        if (!request.url?.startsWith('/events/')) return false;
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        return true;
      }),
    );
    expect([failure(held), states(held)]).toEqual(['events timeout.events', 'ooooooooF-']);
    const blocked = await walk(
      await front((request, response) => {
        if (!request.url?.startsWith('/events/')) return false;
        response.writeHead(403, { 'content-type': 'text/html' }).end('<html>no</html>');
        return true;
      }),
    );
    expect(failure(blocked)).toBe('events forbidden');
  });

  it('stops at WebSockets that are not let through', async () => {
    const report = await walk(await front(undefined, false));
    expect([failure(report), states(report)]).toEqual(['tunnel tunnel-refused.no-websocket', 'oooooooooF']);
  });

  it('walks as far as it can without keys', async () => {
    const report = await walk(await front(), { keys: null });
    expect([failure(report), states(report), report.ok]).toEqual(['none', 'ooooooo---', true]);
  });
});
