/**
 * `/session` and below, without the file calls.
 */
import type { Account } from '../auth/account.ts';
import { majorOf } from '../face.ts';
import {
  type Call,
  callerOf,
  created,
  empty,
  flagField,
  isFields,
  jsonBody,
  ok,
  optionalText,
  parameters,
  type Reply,
  textField,
} from '../http/call.ts';
import { badFields, badParameters, forbidden, notFound, Problem, serverError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { architecture, registry } from '../images/catalog.ts';
import { ServiceError } from '../runtime/kernel.ts';
import { createSession } from '../sessions/create.ts';
import { readCreateBody } from '../sessions/create-body.ts';
import { idleChecks } from '../sessions/idle-checks.ts';
import { statOf } from '../sessions/live-stat.ts';
import { isOver, type Session, sessionName } from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { domainName } from '../site-facts.ts';
import { showPresent } from '../slots/slots.ts';
import { pythonText } from './python-text.ts';

/** Statuses in which managers before 25.13 refuse to end a session unless it is forced. */
const stuck = new Set(['SCHEDULED', 'PREPARING', 'TERMINATING', 'ERROR']);

export function sessionRoutes(site: Site): readonly Route[] {
  const { face, sessions } = site;
  const { store } = sessions;
  const modern = face.since('25.13');

  const find = (call: Call): Session => store.live(call.params.s ?? '', callerOf(call));
  const findAny = (call: Call): Session => store.find(call.params.s ?? '', callerOf(call));

  /** For whom the call is: an administrator may name another's access key. */
  const ownerOf = (call: Call, key: string | null | undefined): Account => {
    const caller = callerOf(call);
    if (key == null || key === caller.accessKey) return caller;
    if (caller.profile.role !== 'admin') throw forbidden('Only admins may act for other access keys.');
    const owner = site.accounts.byKey(key);
    if (owner === null) throw badParameters('Unknown owner access key');
    return owner;
  };

  const create = async (call: Call): Promise<Reply> => {
    const body = readCreateBody(await jsonBody(call), face, majorOf(call.version));
    return created(await createSession(body, { site, owner: ownerOf(call, body.ownerAccessKey) }));
  };

  const match = (call: Call): Reply => {
    const id = call.query.get('id');
    if (id === null) throw badFields({ id: 'is required' });
    return ok({
      matches: store.startingWith(id, callerOf(call)).map(({ id: uuid, name, status }) => ({ id: uuid, name, status })),
    });
  };

  const info = (call: Call): Reply => {
    const session = findAny(call);
    const slots = showPresent(session.total);
    const { order } = session;
    return ok({
      domainName,
      groupId: order.project.id,
      userId: session.owner.userId,
      lang: session.image.reference,
      image: session.image.reference,
      architecture,
      registry,
      tag: order.tag,
      containerId: session.main.containerId ?? 'None',
      // The manager formats these with Python's str(), not as JSON.
      occupiedSlots: pythonText(session.holdsSlots ? slots : {}),
      occupyingSlots: pythonText(session.holdsSlots ? slots : {}),
      requestedSlots: pythonText(slots),
      occupiedShares: pythonText({}),
      environ: pythonText(order.environ),
      resourceOpts: pythonText(
        Object.fromEntries(
          session.kernels.map(({ hostname }) => [hostname, { shmem: String(order.shmem / 1_000_000n) }]),
        ),
      ),
      status: session.status,
      statusInfo: session.statusInfo === null ? 'None' : session.statusInfo,
      statusData: session.statusData,
      age: Date.now() - session.createdAt,
      creationTime: new Date(session.createdAt).toISOString(),
      terminationTime: session.terminatedAt === null ? 'None' : new Date(session.terminatedAt).toISOString(),
      numQueriesExecuted: 0,
      lastStat: statOf(session),
      idleChecks: idleChecks(session, sessions.usage.policyOf(session.owner), Date.now()),
    });
  };

  /** Live sessions that wait for this one, and those that wait for them. */
  const dependents = (session: Session): readonly Session[] => {
    const waiting = store
      .of(session.owner)
      .filter((one) => !isOver(one) && one.order.dependencies.includes(session.id));
    return [...new Set(waiting.flatMap((one) => [...dependents(one), one]))];
  };

  const destroy = async (call: Call): Promise<Reply> => {
    const fields = await parameters(call);
    const forced = flagField(fields, 'forced', false);
    const recursive = flagField(fields, 'recursive', false);
    const owner = ownerOf(call, fields.owner_access_key === undefined ? null : String(fields.owner_access_key));
    const name = call.params.s ?? '';
    const session = modern ? store.find(name, owner) : store.live(name, owner);
    if (!modern && (session.status === 'PULLING' || (stuck.has(session.status) && !forced))) {
      throw forbidden(`Cannot destroy sessions in ${session.status} status without the forced option.`);
    }
    const reason = forced ? 'force-terminated' : 'user-requested';
    // Those that wait for it go first: their wait has lost its end.
    const first = recursive ? dependents(session).map((one) => ({ one, stats: statOf(one) ?? {} })) : [];
    for (const { one } of first) sessions.destroy(one, reason);
    const stats = modern ? {} : (statOf(session) ?? {});
    const ending = sessions.destroy(session, reason);
    if (recursive && !modern) return ok([...first.map((other) => other.stats), stats]);
    return ok({ stats: modern && ending !== 'nothing' ? { status: ending } : stats });
  };

  const restart = async (call: Call): Promise<Reply> => {
    await sessions.restart(find(call));
    return empty();
  };

  const rename = async (call: Call): Promise<Reply> => {
    const fields = await parameters(call);
    const name = textField(fields, 'name', 'session_name', 'clientSessionToken');
    if (!sessionName.test(name)) throw badFields({ name: 'value does not match pattern' });
    sessions.rename(find(call), name);
    return empty();
  };

  const logs = (call: Call): Reply => {
    const session = findAny(call);
    const kernelId = call.query.get('kernel_id');
    const kernel = kernelId === null ? session.main : session.kernels.find(({ id }) => id === kernelId);
    if (kernel === undefined) throw notFound('kernel');
    return ok({ result: { logs: kernel.running?.logs() ?? kernel.finalLogs } });
  };

  /** The stored log of a kernel, as a byte stream; whoever asks with HEAD learns whether there is one. */
  const taskLogs = (call: Call): Reply => {
    const id = call.query.get('taskId') ?? (face.since('26.3') ? call.query.get('kernel_id') : null);
    if (id === null) throw badFields({ taskId: 'is required' });
    const kernels = store.of(callerOf(call)).flatMap((session) => session.kernels);
    const kernel = kernels.find((one) => one.id === id);
    if (kernel === undefined) throw notFound('task log');
    const bytes = Buffer.from(kernel.running?.logs() ?? kernel.finalLogs);
    return { status: 200, bytes, headers: { 'Content-Type': 'text/plain' } };
  };

  const statusHistory = (call: Call): Reply => {
    if (!face.since('25.9')) throw new Problem(404, 'url-not-found', 'Unknown URL path.');
    const { history } = findAny(call);
    return ok({ result: Object.fromEntries([...history].map(([status, at]) => [status, new Date(at).toISOString()])) });
  };

  const shutdownService = async (call: Call): Promise<Reply> => {
    const name = textField(await parameters(call), 'service_name');
    const kernel = find(call).main.running;
    if (kernel === null) throw badParameters('The session is not running.');
    if (!kernel.services.some((service) => service.name === name)) throw notFound('app service', name);
    await kernel.shutdownService(name);
    return empty();
  };

  const startService = async (call: Call): Promise<Reply> => {
    const fields = await parameters(call);
    const app = textField(fields, 'app', 'service');
    const session = find(call);
    if (site.appProxy === null) {
      throw new Problem(503, 'service-unavailable', 'Service unavailable.', {
        msg: 'No coordinator configured for this resource group',
      });
    }
    const kernel = session.main.running;
    const service = (kernel?.services ?? []).find(({ name }) => name === app);
    if (kernel === null || service === undefined) throw notFound('app service', `${session.name}:${app}`);
    const port = fields.port === undefined || fields.port === null ? undefined : Number(fields.port);
    if (port !== undefined && !service.containerPorts.includes(port)) {
      throw badParameters(`Service ${app} does not open the port number ${String(fields.port)}.`);
    }
    const wish = { arguments: readJson(fields, 'arguments'), envs: readJson(fields, 'envs') as Record<string, string> };
    try {
      await kernel.ensureService(app, wish);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw serverError('Failed to launch the app service', error.reason);
    }
    const token = site.appProxy.conf({
      sessionId: session.id,
      userId: session.owner.userId,
      app,
      connect: () => kernel.connect(app, port),
    });
    void kernel.ended.then(() => site.appProxy?.forget(session.id));
    return ok({ token, wsproxy_addr: site.appProxy.address });
  };

  /** Text that holds a JSON object, as start-service wants it. */
  const readJson = (fields: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> => {
    const text = optionalText(fields, name);
    if (text === null) return {};
    try {
      const value: unknown = JSON.parse(text);
      if (isFields(value)) return value;
    } catch {
      // The same answer as for JSON that is no object.
    }
    throw badFields({ [name]: 'value is not a JSON object' });
  };

  const directAccess = (call: Call): Reply => {
    find(call);
    return ok({});
  };

  const abusing = (call: Call): Reply => {
    return ok({ kernel: find(call).main.id, abuse_report: null });
  };

  const dependencyGraph = (call: Call): Reply => {
    const view = (session: Session): Record<string, unknown> => ({
      session_id: session.id,
      session_name: session.name,
      status: session.status,
      status_changed: new Date([...session.history.values()].at(-1) ?? session.createdAt).toISOString(),
      depends_on: session.order.dependencies.flatMap((id) => {
        const other = store.byId(id);
        return other === null ? [] : [view(other)];
      }),
    });
    return ok(view(findAny(call)));
  };

  const transit = async (call: Call): Promise<Reply> => {
    const { ids } = await jsonBody(call);
    if (!Array.isArray(ids)) throw badFields({ ids: 'is required' });
    const own = new Set(store.of(callerOf(call)));
    const known = ids
      .flatMap((id) => (typeof id === 'string' ? (store.byId(id) ?? []) : []))
      .filter((session) => own.has(session));
    return ok({ session_status_map: Object.fromEntries(known.map(({ id, status }) => [id, status])) });
  };

  const running = (call: Call): Session => {
    const session = find(call);
    if (session.main.running === null || isOver(session)) throw badParameters('The session is not running.');
    return session;
  };

  /** Interrupts code that runs in query mode; nothing here runs in it, so there is nothing more to do. */
  const interrupt = (call: Call): Reply => {
    running(call);
    return empty();
  };

  return [
    { method: 'POST', path: '/session', handler: create },
    { method: 'POST', path: '/session/_/create', handler: create },
    { method: 'GET', path: '/session/_/match', handler: match },
    { method: 'GET', path: '/session/_/logs', handler: taskLogs },
    { method: 'HEAD', path: '/session/_/logs', handler: taskLogs },
    ...(face.since('24.09') ? [{ method: 'POST', path: '/session/_/transit-status', handler: transit }] : []),
    { method: 'GET', path: '/session/{s}', handler: info },
    { method: 'DELETE', path: '/session/{s}', handler: destroy },
    { method: 'PATCH', path: '/session/{s}', handler: restart },
    { method: 'POST', path: '/session/{s}/rename', handler: rename },
    { method: 'GET', path: '/session/{s}/logs', handler: logs },
    { method: 'GET', path: '/session/{s}/status-history', handler: statusHistory },
    { method: 'POST', path: '/session/{s}/shutdown-service', handler: shutdownService },
    { method: 'POST', path: '/session/{s}/start-service', handler: startService },
    { method: 'GET', path: '/session/{s}/direct-access-info', handler: directAccess },
    { method: 'GET', path: '/session/{s}/abusing-report', handler: abusing },
    { method: 'GET', path: '/session/{s}/dependency-graph', handler: dependencyGraph },
    { method: 'POST', path: '/session/{s}/interrupt', handler: interrupt },
  ];
}
