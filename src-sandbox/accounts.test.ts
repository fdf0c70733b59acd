/**
 * Several accounts on one site: each is asked for its own key, and sees only its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountInfo, type Sandbox, startSandbox } from './sandbox.ts';
import { readSlots } from './slots/slots.ts';
import { call, gql } from './testing/client.ts';
import { RuntimeDouble } from './testing/kernel-double.ts';

let dir = '';
let sandbox: Sandbox;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-accounts-'));
  sandbox = await startSandbox({
    dataDir: dir,
    port: 0,
    manager: 'current',
    madeUp: 0,
    paceMs: 1,
    runtime: new RuntimeDouble(dir),
    log: () => undefined,
    capacity: readSlots({ cpu: '8', mem: '16g', 'cuda.shares': '2' }),
  });
});
afterAll(async () => {
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

type As = AccountInfo & { readonly endpoint: string; readonly accounts: readonly AccountInfo[] };

function as(kind: AccountInfo['kind']): As {
  const { accounts, endpoint } = sandbox.info;
  const found = accounts.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no account ${kind}.`);
  return { ...found, endpoint, accounts };
}

const session = (name: string, resources = { cpu: '1', mem: '512m' }) => ({
  name,
  image: 'sandbox.localhost/stable/python:1.0-local',
  config: { resources },
});

describe('an account', () => {
  it('sees only its own sessions and folders', async () => {
    const [main, other] = [as('main'), as('low-limits')];
    const made = await call(main, 'POST', '/session', session('private'));
    expect(made.status).toBe(201);
    const id = String(made.json?.sessionId);
    const calls = ['GET /session/private', `GET /session/${id}`, `DELETE /session/${id}`, `GET /session/${id}/logs`];
    for (const line of calls) {
      const [method = '', target = ''] = line.split(' ');
      expect((await call(other, method, target)).status, line).toBe(404);
    }
    const query = '{ compute_session_list(limit: 10, offset: 0) { total_count } }';
    expect((await gql(other, query)).json).toMatchObject({ data: { compute_session_list: { total_count: 0 } } });
    expect((await gql(main, query)).json).toMatchObject({ data: { compute_session_list: { total_count: 1 } } });
    expect((await call(other, 'GET', '/folders')).json).toEqual([]);
    expect((await call(other, 'GET', '/folders/data')).status).toBe(404);
    const user = await gql(other, '{ user { email } keypair { access_key resource_policy } }');
    expect(user.json).toMatchObject({
      data: { user: { email: other.email }, keypair: { access_key: other.accessKey, resource_policy: 'low-limits' } },
    });
  });

  it('with low limits meets them', async () => {
    const low = as('low-limits');
    expect((await call(low, 'POST', '/session', session('the-first'))).json?.status).toBe('RUNNING');
    const second = await call(low, 'POST', '/session', { ...session('the-second'), enqueueOnly: true });
    expect(second.json?.status).toBe('PENDING');
    const third = await call(low, 'POST', '/session', { ...session('the-third'), enqueueOnly: true });
    expect(third.json).toMatchObject({ type: 'https://api.backend.ai/probs/quota-exceeded' });
    for (const name of ['one', 'two']) expect((await call(low, 'POST', '/folders', { name })).status).toBe(201);
    expect((await call(low, 'POST', '/folders', { name: 'three' })).json?.msg).toMatch(/cannot create more/);
    expect((await call(low, 'GET', '/resource/presets')).headers['x-ratelimit-limit']).toBe('400');
  });

  it('of an administrator may look up others and start sessions for them; of a user not', async () => {
    const [admin, main, other] = [as('admin'), as('main'), as('low-limits')];
    const query = `{ user(email: "${main.email}") { role groups { name } } keypairs(email: "${main.email}") { access_key } }`;
    expect((await gql(admin, query)).json).toMatchObject({
      data: {
        user: { role: 'user', groups: [{ name: 'default' }, { name: 'research' }] },
        keypairs: [{ access_key: main.accessKey }],
      },
    });
    expect((await gql(other, query)).json).not.toHaveProperty('data.user.role');
    expect((await call(admin, 'GET', '/auth/role')).json).toMatchObject({ global_role: 'user', domain_role: 'admin' });
    const theirs = { ...session('for-them'), enqueueOnly: true, owner_access_key: main.accessKey, group: 'research' };
    expect((await call(other, 'POST', '/session', theirs)).status).toBe(403);
    expect((await call(admin, 'POST', '/session', theirs)).status).toBe(201);
    expect((await call(main, 'GET', '/session/for-them')).status).toBe(200);
    expect((await call(admin, 'GET', '/session/for-them')).status).toBe(404);
  });

  it('may name a machine of the resource group, and no other', async () => {
    const main = as('main');
    const on = (name: string, agent: string) =>
      call(main, 'POST', '/session', {
        ...session(name),
        enqueueOnly: true,
        config: { resources: { cpu: '1', mem: '512m' }, agent_list: [agent] },
      });
    expect((await on('placed', 'i-sandbox')).status).toBe(201);
    expect((await on('misplaced', 'i-elsewhere')).status).toBe(400);
  });
});
