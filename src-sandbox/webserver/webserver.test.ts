/**
 * Sign-in through the webserver and what `/func/` passes on, over real HTTP, on both faces.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { totpCode } from '../auth/totp.ts';
import type { FaceName } from '../face.ts';
import { type AccountInfo, type Sandbox, startSandbox } from '../sandbox.ts';
import type { Json } from '../testing/client.ts';
import { RuntimeDouble } from '../testing/kernel-double.ts';

let dir = '';
let sandbox: Sandbox;
let runtime: RuntimeDouble;

async function begin(manager: FaceName): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), 'berth-web-'));
  runtime = new RuntimeDouble(dir);
  const common = { dataDir: dir, port: 0, madeUp: 0, paceMs: 1, log: () => undefined };
  sandbox = await startSandbox({ ...common, manager, runtime, webserver: true });
}
afterEach(async () => {
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Web {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Web> {
  const response = await fetch(new URL(path, sandbox.info.webserver), {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, json: isJson ? (JSON.parse(text) as Json) : {} };
}

function account(kind: AccountInfo['kind']): AccountInfo {
  const found = sandbox.info.accounts.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no account ${kind}.`);
  return found;
}

const login = ({ email, password }: AccountInfo, more: Record<string, unknown> = {}): Promise<Web> =>
  ask('POST', '/server/login', { username: email, password, ...more });

const slugOf = (data: Json | undefined): string => String(data?.type).split('/').at(-1) ?? '';

describe('sign-in', () => {
  it('gives an id by header and cookie; either opens /func/, nothing else does', async () => {
    await begin('current');
    expect((await ask('GET', '/func/')).json).toMatchObject({ manager: '25.15.12' });
    expect((await ask('GET', '/func/auth?echo=x')).status).toBe(401);
    const done = await login(account('main'));
    const id = done.headers.get('x-backendai-sessionid') ?? '';
    expect(done.json).toEqual({
      authenticated: true,
      data: { access_key: sandbox.info.accessKey, role: 'user', status: 'active' },
    });
    expect(done.headers.get('set-cookie')).toMatch(/^AIOHTTP_SESSION=[0-9a-f]{32};.*HttpOnly/);
    const byHeader = { 'X-BackendAI-SessionID': id };
    expect((await ask('GET', '/func/auth?echo=x', undefined, byHeader)).json).toEqual({ authorized: 'yes', echo: 'x' });
    const byCookie = { Cookie: `AIOHTTP_SESSION=${id}` };
    expect((await ask('GET', '/func/auth?echo=a%20b%2Fc', undefined, byCookie)).json?.echo).toBe('a b/c');
    expect((await ask('GET', '/func/folders/_/hosts?', undefined, byHeader)).status).toBe(200);
    expect((await ask('POST', '/server/login', { username: 'a', password: 'b' }, byHeader)).status).toBe(400);
    expect((await ask('POST', '/server/login-check', {}, byHeader)).json).toMatchObject({
      authenticated: true,
      session_id: id,
    });
    expect((await ask('POST', '/server/extend-login-session', {}, byHeader)).json).toMatchObject({ status: 201 });
    expect((await ask('POST', '/server/logout', {}, byHeader)).status).toBe(200);
    expect((await ask('GET', '/func/auth?echo=x', undefined, byHeader)).status).toBe(401);
    expect((await ask('POST', '/server/login-check', {})).json).toMatchObject({ authenticated: false, data: null });
  });

  it('tells failures by body with status 200, and blocks a name after ten', async () => {
    await begin('current');
    const wrong = { ...account('main'), password: 'wrong' };
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const refused = await login(wrong);
      expect(refused.status).toBe(200);
      expect(refused.json).toMatchObject({
        authenticated: false,
        data: { title: 'Credential/signature mismatch.', details: 'User credential mismatch.' },
      });
    }
    expect((await login(account('main'))).status).toBe(429);
    expect((await login(account('low-limits'))).json).toMatchObject({ authenticated: true });
    expect((await ask('POST', '/server/login', { username: 'x' })).status).toBe(400);
    expect((await ask('POST', '/server/token-login', {})).status).toBe(400);
  });

  it.each(['current', 'legacy'] as const)('asks for what the account wants (%s)', async (face) => {
    await begin(face);
    const typed = face === 'current';
    const otp = account('one-time-code');
    const asked = await login(otp);
    expect(slugOf(asked.json.data)).toBe(typed ? 'require-totp-authentication' : 'rejected-by-hook');
    expect(asked.json.data?.details).toBe('You must authenticate using Two-Factor Authentication.');
    const bad = await login(otp, { otp: '000000' });
    expect(bad.json.data?.details).toBe('Invalid TOTP code provided');
    expect((await login(otp, { otp: totpCode(otp.totpSecret ?? '', Date.now()) })).json.authenticated).toBe(true);

    const enrol = await login(account('must-enrol'));
    expect(slugOf(enrol.json.data)).toBe(typed ? 'require-totp-registration' : 'rejected-by-hook');
    if (typed) {
      const token = enrol.json.data?.two_factor_registration_token;
      const begun = await ask('POST', '/func/totp/anon', { registration_token: token });
      const code = totpCode(String(begun.json.totp_key), Date.now());
      await ask('POST', '/func/totp/anon/verify', { registration_token: token, otp: code });
      expect((await login(account('must-enrol'), { otp: code })).json.authenticated).toBe(true);
    }

    const expired = account('expired-password');
    const refused = await login(expired);
    expect(slugOf(refused.json.data)).toBe('password-expired');
    expect(refused.json.data?.details).toMatch(/^Password expired on /);
    const fields = { username: expired.email, current_password: expired.password, new_password: 'a better one' };
    expect((await ask('POST', '/server/update-password-no-auth', fields)).json.data).toBeNull();
    expect((await login({ ...expired, password: 'a better one' })).json.authenticated).toBe(true);
  });
});

describe('the proxy', () => {
  it('passes WebSockets on, keeps the client open when the manager closes, and flattens refusals to 502', async () => {
    await begin('current');
    const id = (await login(account('main'))).headers.get('x-backendai-sessionid') ?? '';
    const headers = { 'X-BackendAI-SessionID': id };
    const made = await ask(
      'POST',
      '/func/session',
      { name: 'tunnelled', image: 'sandbox.localhost/stable/python:1.0-local', config: { resources: { mem: '1g' } } },
      headers,
    );
    expect(made.json).toMatchObject({ status: 'RUNNING' });
    const open = (app: string): WebSocket => {
      const url = `/func/stream/session/tunnelled/tcpproxy?app=${app}`;
      return new WebSocket(new URL(url, sandbox.info.webserver?.replace('http', 'ws')), { headers });
    };
    const refused = open('nothing');
    refused.on('error', () => undefined);
    const [, response] = await once(refused, 'unexpected-response');
    expect((response as { readonly statusCode: number }).statusCode).toBe(502);

    const client = open('jupyter');
    await once(client, 'open');
    client.send(Buffer.from('hello'));
    const service = runtime.kernels[0]?.connections[0];
    if (service === undefined) throw new Error('no connection');
    const [heard] = await once(service, 'data');
    expect(String(heard)).toBe('hello');
    service.write('welcome');
    expect(String((await once(client, 'message'))[0])).toBe('welcome');
    service.end();
    client.ping();
    await once(client, 'pong');
    expect(client.readyState).toBe(client.OPEN);
    client.terminate();
  });

  it('serves its settings without a sign-in, the key that older templates write twice included', async () => {
    await begin('legacy');
    const settings = await ask('GET', '/config.toml');
    expect(settings.text).toContain('connectionMode = "SESSION"');
    expect(settings.text.match(/^debug = /gm)).toHaveLength(2);
    expect((await ask('GET', '/some/page')).headers.get('content-type')).toBe('text/html');
    expect((await ask('POST', '/server/logout', {})).text).toContain('OK');
    expect((await ask('POST', '/server/extend-login-session', {})).status).toBe(404);
  });
});
