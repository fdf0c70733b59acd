/**
 * For tests: a small HTTP server that plays the shapes of one version family (`shapes/`, written from the API reference),
 * refuses what such a manager refuses, and keeps what was sent. It proves placement as well as reading.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql';
import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import { createHmacAuthenticator } from '../authenticator.ts';
import { createSiteApi } from '../create-site-api.ts';
import { sendJson, sendProblem, serve, type TestServer } from '../testing.ts';

export const families = [
  '22.03',
  '22.09',
  '23.03',
  '23.09',
  '24.03',
  '24.09',
  '24.12',
  '25.6',
  '25.12',
  '25.15',
  '26.3',
  '26.4',
  '26.8',
] as const;
export type Family = (typeof families)[number];

export const sessionId = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
export const kernelId = '9e6b1f00-2222-4000-8000-0000000000aa';
export const folderId = '0d5c6a1b-2c3d-4e5f-6071-8293a4b5c6d7';
export const projectId = '11111111-2222-4333-8444-555555555555';

const place = z.enum(['query', 'body']);
const Shape = z.looseObject({
  hello: z.object({ version: z.string(), manager: z.string() }),
  session: z.record(z.string(), z.unknown()),
  pending: z.record(z.string(), z.unknown()),
  node: z.record(z.string(), z.unknown()).optional(),
  schedulingHistory: z.array(z.unknown()).optional(),
  created: z.unknown(),
  destroyed: z.unknown(),
  renameReads: place,
  imagifyReads: place,
  shutdownReads: place,
  downloadReads: place,
  listFilesReads: place,
  downloadVerb: z.enum(['GET', 'POST']),
  downloadForm: z.enum(['tar', 'raw']),
  folders: z.array(z.unknown()),
  entries: z.unknown(),
  policies: z.record(z.string(), z.unknown()),
  presets: z.unknown(),
  images: z.array(z.unknown()),
});
export type Shape = z.infer<typeof Shape>;

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const known = z.record(z.string(), z.record(z.string(), z.string())).parse(read('known-fields.json'));

export function shapeOf(family: Family): Shape {
  return Shape.parse(read(`shapes/${family}.json`));
}

/** True for a family that is `first` or newer. */
export function since(family: Family, first: Family): boolean {
  return families.indexOf(family) >= families.indexOf(first);
}

export interface RecordedSite {
  readonly shape: Shape;
  readonly server: TestServer;
  readonly api: ReturnType<typeof createSiteApi>;
  /** Requests but GraphQL, as `METHOD target body`. */
  sent(): string[];
  close(): Promise<void>;
}

export async function recordedSite(family: Family, options: { pending?: boolean } = {}): Promise<RecordedSite> {
  const shape = shapeOf(family);
  const server = await serve((request, response, body) => {
    if (request.headers['x-backendai-version'] === undefined) sendProblem(response, 400, 'invalid-auth-params');
    else answer(family, shape, options.pending === true, request, response, body);
  });
  const api = createSiteApi({
    endpoint: server.endpoint,
    authenticator: createHmacAuthenticator('AKIATEST', 'canary-secret-key'),
    hello: { announced: shape.hello.version, manager: shape.hello.manager },
    clock: systemClock,
  });
  return {
    shape,
    server,
    api,
    sent: () =>
      server.requests
        .filter(({ url }) => !url.startsWith('/admin/gql'))
        .map(({ method, url, body }) => `${method} ${url} ${body}`.trim()),
    async close() {
      api.dispose();
      await server.close();
    },
  };
}

/** False when it was refused. */
function answer(
  family: Family,
  shape: Shape,
  pending: boolean,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): boolean {
  const url = new URL(request.url ?? '/', 'http://site');
  const call = `${request.method} ${url.pathname}`;
  const json: Record<string, unknown> = body === '' ? {} : JSON.parse(body);
  const given = (where: 'query' | 'body', name: string) =>
    where === 'query' ? url.searchParams.get(name) : (json[name] ?? null);
  const missing = () => refuse(response, 400, 'invalid-api-params');
  const session = `/session/${sessionId}`;
  // 24.12 and later find a folder by its id; the name belongs to those before 24.03.12, 24.09.6 and 25.1.
  const folder = /^\/folders\/([^/]+)/.exec(url.pathname)?.[1] ?? '';

  if (call === 'POST /admin/gql') return graphql(family, shape, pending, json, response);
  if (call === 'POST /admin/gql/strawberry' && shape.schedulingHistory !== undefined) {
    const edges = shape.schedulingHistory.map((node) => ({ node }));
    return reply(response, 200, { data: { sessionScopedSchedulingHistories: { count: edges.length, edges } } });
  }
  switch (call) {
    case 'GET /auth/role':
      return reply(response, 200, { global_role: 'user', domain_role: 'user', group_role: null });
    case 'POST /session':
      return acceptsCreate(family, json) ? reply(response, family === '22.03' ? 200 : 201, shape.created) : missing();
    case `DELETE ${session}`:
      // Up to 26.2 the query is only read when there is no body.
      return body === '' || since(family, '26.3')
        ? reply(response, 200, shape.destroyed)
        : refuse(response, 400, 'invalid-api-params');
    case `PATCH ${session}`:
      return empty(response, 204);
    case `POST ${session}/rename`:
      return given(shape.renameReads, 'name') === 'other' ? empty(response, 204) : missing();
    case `POST ${session}/imagify`:
      return given(shape.imagifyReads, 'image_name') === 'mine' ? reply(response, 200, { task_id: 't-1' }) : missing();
    case `POST ${session}/commit`:
      return reply(response, 201, {});
    case `GET ${session}/commit`:
      return reply(response, 200, { status: 'ongoing', kernel: kernelId });
    case `POST ${session}/shutdown-service`:
      return given(shape.shutdownReads, 'service_name') === 'jupyter' ? empty(response, 204) : missing();
    case `POST ${session}/start-service`:
      return reply(response, 200, { token: 'tok', wsproxy_addr: 'https://proxy.example' });
    case `GET ${session}/download_single`:
    case `POST ${session}/download_single`:
      if (request.method !== shape.downloadVerb) return refuse(response, 405, 'method-not-allowed');
      if (given(shape.downloadReads, 'file') !== 'id_container' && url.searchParams.get('file') === null)
        return missing();
      response.end(shape.downloadForm === 'tar' ? tar(Buffer.from('key')) : 'key');
      return true;
    case `GET ${session}/files`: {
      if (given(shape.listFilesReads, 'path') !== '.') return missing();
      const files = JSON.stringify([
        { mode: 'drwxr-xr-x', size: 4096, mtime: 1767312000, ctime: 1, atime: 1, filename: 'sub' },
      ]);
      return reply(response, 200, { files, errors: '', abspath: '/home/work' });
    }
    case `GET ${session}/logs`:
      return reply(response, 200, { result: { logs: `log of ${url.searchParams.get('kernel_id') ?? 'main'}` } });
    case `GET ${session}/status-history`:
      return reply(response, 200, { result: JSON.parse(String(shape.session.status_history)) });
    case 'GET /folders':
      return reply(response, 200, shape.folders);
    case 'DELETE /folders':
      // The form with a body is for super administrators only, up to 23.09.
      return since(family, '24.03') && json.id === folderId
        ? empty(response, 204)
        : refuse(response, 401, 'auth-failed');
    case `DELETE /folders/${folder}`:
      return empty(response, 204);
    case `GET /folders/${folder}/files`:
      return reply(response, 200, shape.entries);
    case `POST /folders/${folder}/delete-files`:
      return since(family, '24.03') ? reply(response, 200, {}) : refuse(response, 405, 'method-not-allowed');
    case `DELETE /folders/${folder}/delete-files`:
      return reply(response, 200, {});
    case `POST /folders/${folder}/delete-files-async`:
      return since(family, '26.3')
        ? reply(response, 202, { bgtask_id: 't-2' })
        : refuse(response, 404, 'url-not-found');
    case 'POST /resource/check-presets':
      return reply(response, 200, shape.presets);
    default:
      return refuse(response, 404, 'url-not-found');
  }
}

/** An unknown key is refused up to 26.2 and ignored afterwards. */
function acceptsCreate(family: Family, body: Record<string, unknown>): boolean {
  const words = (text: string) => text.split(' ');
  const top = words(
    'name image architecture type group domain cluster_size cluster_mode tag enqueueOnly maxWaitSeconds reuseIfExists startupCommand bootstrap_script starts_at dependencies callback_url owner_access_key config',
  );
  const inner = words('mounts mount_map environ scaling_group resources resource_opts preopen_ports agent_list');
  if (since(family, '24.03')) inner.push('mount_options');
  if (since(family, '24.09')) top.push('priority');
  if (since(family, '24.12')) {
    top.push('batch_timeout');
    inner.push('attach_network');
  }
  if (since(family, '25.12')) inner.push('mount_ids', 'mount_id_map');
  if (since(family, '26.3')) return true;
  const { config } = body;
  if (typeof config !== 'object' || config === null) return false;
  return Object.keys(body).every((key) => top.includes(key)) && Object.keys(config).every((key) => inner.includes(key));
}

function graphql(
  family: Family,
  shape: Shape,
  pending: boolean,
  { query, variables }: Record<string, unknown>,
  response: ServerResponse,
): boolean {
  const document = parse(String(query));
  const operation = document.definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return refuse(response, 400, 'graphql-error');
  const unknown = unknownFields(family, operation.selectionSet, null);
  if (unknown.length > 0) {
    const errors = unknown.map((field) => ({ message: `Cannot query field "${field}"` }));
    return reply(response, 200, { data: null, errors });
  }
  const row = pending ? { ...shape.session, ...shape.pending } : shape.session;
  const dependents = {
    edges: [{ node: { session_id: sessionId.replace('3f', '4f'), name: 'next', status: 'PENDING' } }],
  };
  const data: Record<string, unknown> = {
    compute_session_list: { total_count: 1, items: [row] },
    compute_session: {
      ...row,
      dependencies: [
        { session_id: sessionId.replace('3f', '2f'), name: 'first', status: 'TERMINATED', result: 'SUCCESS' },
      ],
    },
    compute_session_nodes: { count: 1, edges: [{ node: shape.node }] },
    compute_session_node: { ...shape.node, dependents },
    images: shape.images,
    customized_images: [{ id: 'Q3VzdG9t' }],
    keypairs: [{ access_key: 'AKIATEST' }, { access_key: 'AKIASECOND' }, { access_key: null }],
    agent_summary_list: { items: machines },
    // As to somebody who is no super administrator.
    agent_list: null,
    accessible_scaling_groups: [{ name: 'gpu', accelerator_quantum_size: 0.25 }],
    ...shape.policies,
    user: { ...Object(shape.policies.user), email: 'user@example.com', full_name: 'U', role: 'user' },
  };
  const asked = fieldsOf(operation.selectionSet).map(({ name }) => name.value);
  const checked = JSON.stringify(variables ?? {});
  if (checked.includes('undefined')) return refuse(response, 400, 'graphql-error');
  return reply(response, 200, { data: Object.fromEntries(asked.map((field) => [field, data[field] ?? null])) });
}

/** Amounts are JSON in JSON; `mem` in bytes. */
const machines = [
  [
    'i-busy',
    true,
    '{"cpu":"8","mem":"34359738368","cuda.shares":"2"}',
    '{"cpu":"7","mem":"1073741824","cuda.shares":"1.7"}',
  ],
  ['i-free', true, '{"cpu":"8","mem":"34359738368"}', '{"cpu":"0","mem":"0"}'],
  ['i-closed', false, '{"cpu":"64","mem":"34359738368"}', '{}'],
].map(([id, schedulable, available_slots, occupied_slots]) => ({
  ...{ id, schedulable, available_slots, occupied_slots },
  ...{ architecture: 'x86_64', scaling_group: 'gpu' },
}));

/** Fields of types whose history the table knows. */
const typeOf: Readonly<Record<string, string>> = {
  items: 'compute_session_list.items',
  compute_session: 'compute_session_list.items',
  dependencies: 'compute_session_list.items',
  containers: 'containers',
  compute_session_nodes: 'nodes',
  dependents: 'nodes',
  compute_session_node: 'edges.node',
  images: 'images',
  keypair_resource_policy: 'keypair_resource_policy',
  user_resource_policy: 'user_resource_policy',
};

function unknownFields(family: Family, selection: SelectionSetNode, type: string | null): string[] {
  const first = known[type ?? ''];
  const fields =
    first === undefined
      ? null
      : families
          .filter((candidate) => since(family, candidate))
          .flatMap((candidate) => first[candidate]?.split(' ') ?? []);
  return fieldsOf(selection).flatMap((field) => {
    const name = field.name.value;
    const unknown = fields === null || fields.includes(name) ? [] : [name];
    // The rows of an agent list are no sessions, though both are called items.
    if (field.selectionSet === undefined || name.startsWith('agent_')) return unknown;
    // Connections pass their type down to the nodes; every other field has its own.
    const inner =
      type === 'nodes' && name === 'node' ? 'edges.node' : type === 'nodes' ? 'nodes' : (typeOf[name] ?? null);
    return [...unknown, ...unknownFields(family, field.selectionSet, inner)];
  });
}

function fieldsOf(selection: SelectionSetNode): FieldNode[] {
  return selection.selections.filter((node): node is FieldNode => node.kind === Kind.FIELD);
}

function empty(response: ServerResponse, status: number): boolean {
  response.writeHead(status);
  response.end();
  return true;
}

function reply(response: ServerResponse, status: number, value: unknown): boolean {
  sendJson(response, status, value);
  return true;
}

function refuse(response: ServerResponse, status: number, slug: string): boolean {
  sendProblem(response, status, slug);
  return false;
}

/** A TAR of one file, as 22.03 answers. */
function tar(content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write('id_container', 0);
  header.write(`${content.byteLength.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('0', 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc(512 - (content.byteLength % 512)), Buffer.alloc(1024)]);
}
