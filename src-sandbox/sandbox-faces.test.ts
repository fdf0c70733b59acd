/**
 * The older face, and lists that are filled with made-up sessions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxInfo, startSandbox } from './sandbox.ts';
import { call, gql, send } from './testing/client.ts';
import { RuntimeDouble } from './testing/kernel-double.ts';

let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

async function start(manager: 'legacy' | 'current', madeUp: number): Promise<SandboxInfo> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-faces-'));
  const runtime = new RuntimeDouble(dir);
  const log = (): void => undefined;
  const sandbox: Sandbox = await startSandbox({ dataDir: dir, port: 0, manager, madeUp, paceMs: 1, runtime, log });
  close = async () => {
    await sandbox.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  return sandbox.info;
}

const v8 = { version: 'v8.20240315' } as const;

describe('the legacy face', () => {
  it('speaks as 24.03: older versions only, no nodes, older fields', async () => {
    const site = await start('legacy', 0);
    expect((await send(site, 'GET', '/', {})).json).toEqual({ version: 'v8.20240315', manager: '24.03.11' });
    expect((await call(site, 'GET', '/auth?echo=x', undefined, { version: 'v9.20250722' })).status).toBe(400);
    const ask = (query: string) => call(site, 'POST', '/admin/gql', { query }, v8);
    const list = await ask('{ compute_session_list(limit: 1, offset: 0, status: "RUNNING") { total_count } }');
    expect(list.json).toEqual({ data: { compute_session_list: { total_count: 0 } } });
    expect((await ask('{ compute_session_nodes(scope_id: "system") { count } }')).json).not.toHaveProperty('data');
    expect((await ask('{ compute_session_list(limit: 1, offset: 0) { items { priority } } }')).json).not.toHaveProperty(
      'data',
    );
    expect((await ask('{ images { namespace } }')).json).not.toHaveProperty('data');
    const creating = await ask('{ compute_session_list(limit: 1, offset: 0, status: "CREATING") { total_count } }');
    expect(creating.json?.errors).toHaveLength(1);
  });

  it('names the image of a container as a node too', async () => {
    const site = await start('legacy', 1);
    const fields = 'containers { image_object { registry architecture tag labels { key } } }';
    const query = `{ compute_session_list(limit: 1, offset: 0) { items { ${fields} } } }`;
    const { json } = await call(site, 'POST', '/admin/gql', { query }, v8);
    const image = { registry: 'sandbox.localhost', architecture: 'x86_64', tag: expect.any(String) };
    expect(json).toMatchObject({
      data: { compute_session_list: { items: [{ containers: [{ image_object: image }] }] } },
    });
    expect((await call(site, 'POST', '/admin/gql', { query: '{ viewer { user_id } }' }, v8)).json).not.toHaveProperty(
      'data',
    );
  });

  it('answers a termination with the last figures, and refuses one that is under way', async () => {
    const site = await start('legacy', 0);
    const made = await call(site, 'POST', '/session', { name: 'older-one', image: 'python', enqueueOnly: false }, v8);
    expect(made.json).toMatchObject({ status: 'RUNNING', created: true });
    const ended = await call(site, 'DELETE', '/session/older-one', undefined, v8);
    expect(ended.json?.stats).not.toHaveProperty('status');
    expect((await call(site, 'DELETE', '/session/older-one', undefined, v8)).status).toBeGreaterThanOrEqual(403);
  });
});

describe('made-up sessions', () => {
  it('fill the list, page by page, without gaps', async () => {
    const site = await start('current', 1200);
    const seen = new Set<unknown>();
    const query =
      'query($o: Int!) { compute_session_list(limit: 500, offset: $o, order: "-created_at") { total_count items { session_id status } } }';
    const statuses = new Set<unknown>();
    for (const offset of [0, 500, 1000]) {
      const answer = await gql(site, query, { o: offset });
      const page = answer.json?.data?.compute_session_list as unknown as
        | { total_count: number; items: readonly { session_id: string; status: string }[] }
        | undefined;
      expect(page?.total_count).toBe(1200);
      for (const { session_id: id, status } of page?.items ?? []) {
        seen.add(id);
        statuses.add(status);
      }
    }
    expect(seen.size).toBe(1200);
    expect([...statuses].sort()).toEqual(['CANCELLED', 'RUNNING', 'TERMINATED']);
  });

  it('take no resources, and end like others', async () => {
    const site = await start('current', 50);
    const using = await call(site, 'POST', '/resource/check-presets', { group: 'default' });
    expect(using.json?.keypair_using).toMatchObject({ cpu: '0', mem: '0', 'cuda.shares': '0' });
    const running = await gql(
      site,
      '{ compute_session_list(limit: 1, offset: 0, status: "RUNNING") { items { session_id } } }',
    );
    const items = running.json?.data?.compute_session_list?.items as unknown;
    const [first] = (items ?? []) as readonly { session_id: string }[];
    const ended = await call(site, 'DELETE', `/session/${first?.session_id}`);
    expect(ended.json).toEqual({ stats: { status: 'terminated' } });
  });
});

describe('the node API', () => {
  it('reads a policy of projects by its name, and what one session may take of a resource group', async () => {
    const site = await start('current', 0);
    const { json } = await gql(
      site,
      '{ project_resource_policy(name: "default") { name max_vfolder_count } other: project_resource_policy(name: "no") { name } groups { id } }',
    );
    expect(json?.data).toMatchObject({
      project_resource_policy: { name: 'default', max_vfolder_count: 0 },
      other: null,
    });
    const [group] = (json?.data?.groups ?? []) as unknown as readonly { id: string }[];
    const limits = await gql(
      site,
      'query($p: UUID!) { accessible_scaling_groups(project_id: $p) { resource_allocation_limit_for_sessions } }',
      { p: group?.id },
    );
    const rows = limits.json?.data?.accessible_scaling_groups as unknown as
      | readonly Record<string, string>[]
      | undefined;
    expect(JSON.parse(rows?.[0]?.resource_allocation_limit_for_sessions ?? '')).toMatchObject({
      cpu: expect.stringMatching(/^[1-9]/),
      mem: expect.stringMatching(/^[1-9]/),
    });
  });

  it('says who asks', async () => {
    const site = await start('current', 0);
    const user = 'user { id email full_name role project_nodes { edges { node { name } } } }';
    const { json } = await gql(site, `{ viewer { user_id encoded_user_role ${user} } user { uuid full_name } }`);
    const own = json?.data?.user as unknown as { uuid: string; full_name: string } | undefined;
    expect(own?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(json?.data?.viewer).toMatchObject({
      user_id: own?.uuid,
      encoded_user_role: Buffer.from('user').toString('base64'),
      user: {
        id: Buffer.from(`UserNode:${own?.uuid}`).toString('base64'),
        email: site.email,
        full_name: own?.full_name,
        role: 'user',
      },
    });
  });

  it('pages by offset and by cursor', async () => {
    const site = await start('current', 30);
    const ask = async (args: string) => {
      const answer = await gql(
        site,
        `{ compute_session_nodes(scope_id: "system", order: "name", ${args}) { count pageInfo { hasNextPage endCursor } edges { cursor node { id name } } } }`,
      );
      return answer.json?.data?.compute_session_nodes as unknown as {
        count: number;
        pageInfo: { hasNextPage: boolean; endCursor: string };
        edges: readonly { node: { name: string; id: string } }[];
      };
    };
    const byOffset = await ask('first: 10, offset: 10');
    const first = await ask('first: 10');
    const byCursor = await ask(`first: 10, after: "${first.pageInfo.endCursor}"`);
    expect(byCursor.edges).toEqual(byOffset.edges);
    expect((await ask('first: 0')).count).toBe(30);
    expect((await ask('offset: 25')).pageInfo.hasNextPage).toBe(false);
    const id = first.edges[0]?.node.id ?? '';
    const one = await gql(site, 'query($id: GlobalIDField!) { compute_session_node(id: $id) { name } }', { id });
    expect(one.json?.data?.compute_session_node).toEqual({ name: first.edges[0]?.node.name });
  });
});
