/**
 * `/stream/session/{s}`: the list of services, and the WebSockets that reach them.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Account } from '../auth/account.ts';
import { type Call, callerOf, isFields, ok, type Reply } from '../http/call.ts';
import { badFields, badParameters, notFound, serverError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { Upgrades } from '../http/server.ts';
import { type RunningKernel, ServiceError } from '../runtime/kernel.ts';
import { publicServices } from '../sessions/services.ts';
import type { Session } from '../sessions/session.ts';
import type { Site } from '../site.ts';
import { goingAway, internalError, relay, tryAgainLater } from './relay.ts';

/** `manager.max-wsmsg-size`: a larger message closes with 1009. */
const maxMessageBytes = 16 * 1024 * 1024;

const upgradePath = /^\/stream\/session\/([^/]+)\/(tcpproxy|httpproxy)$/;

interface Wish {
  readonly session: Session;
  readonly kernel: RunningKernel;
  readonly app: string;
  readonly port: number | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly envs: Readonly<Record<string, string>>;
}

function readJsonText(query: URLSearchParams, name: string): Readonly<Record<string, unknown>> {
  const text = query.get(name);
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // Falls through to the same answer as JSON that is no object.
  }
  throw badFields({ [name]: 'value is not a JSON object' });
}

function readPort(query: URLSearchParams): number | undefined {
  const text = query.get('port');
  if (text === null) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65535) throw badFields({ port: 'value is not a port number' });
  return port;
}

/** `matches` the paths that this module upgrades; `upgrade` starts the service first, and throws a Problem while the answer can still be an HTTP one. */
export interface Tunnels extends Upgrades {
  readonly routes: readonly Route[];
  /** Closes every WebSocket with 1001. */
  readonly close: () => void;
}

export function tunnelRoutes({ sessions, faults, log }: Site): Tunnels {
  // The manager itself answers pings in line with data (relay.ts), so the library must not.
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: maxMessageBytes,
  });
  const open = new Set<WebSocket>();

  const apps = (call: Call): Reply => ok(publicServices(sessions.store.live(call.params.s ?? '', callerOf(call))));

  const readWish = (reference: string, query: URLSearchParams, account: Account): Wish => {
    const app = query.get('app') ?? query.get('service');
    if (app === null) throw badFields({ app: 'is required' });
    const args = readJsonText(query, 'arguments');
    const envs = readJsonText(query, 'envs');
    const port = readPort(query);
    const session = sessions.store.live(reference, account);
    const kernel = session.main.running;
    // A session that has no kernel yet has no service ports, and the manager falls over that.
    if (kernel === null) throw serverError('The session has no service ports yet.');
    const service = kernel.services.find(({ name }) => name === app);
    if (service === undefined) throw notFound('app service', `${reference}:${app}`);
    if (port !== undefined && !service.containerPorts.includes(port)) {
      throw badParameters(`Service ${app} does not open the port number ${port}.`);
    }
    if (!Object.values(envs).every((value) => typeof value === 'string')) {
      throw badFields({ envs: 'values must be strings' });
    }
    return { session, kernel, app, port, arguments: args, envs: envs as Readonly<Record<string, string>> };
  };

  const startService = async ({ kernel, app, arguments: args, envs }: Wish): Promise<void> => {
    try {
      await kernel.ensureService(app, { arguments: args, envs });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw serverError('Failed to launch the app service', error.reason);
    }
  };

  /** The stream with whatever fault it meets; as it is where there is no fault script. */
  const spoilt = (socket: WebSocket, request: IncomingMessage, service: Duplex): Duplex => {
    if (faults === null) return service;
    return faults.tunnel(
      request,
      service,
      () => socket.terminate(),
      () => socket.pause(),
    );
  };

  const connect = async (socket: WebSocket, request: IncomingMessage, wish: Wish): Promise<void> => {
    const { kernel, app, port } = wish;
    try {
      if (app === 'sshd' && faults?.rotatesHostKey(request)) await kernel.rotateHostKey();
      const service = spoilt(socket, request, await kernel.connect(app, port));
      if (socket.readyState === socket.OPEN) relay(socket, service);
      else service.destroy();
    } catch (error) {
      const refused = error instanceof ServiceError && error.kind === 'refused';
      log(`tunnel to ${app}: ${error instanceof Error ? error.message : String(error)}`);
      socket.resume();
      socket.close(refused ? tryAgainLater : internalError);
    }
  };

  const upgrade = async (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
    account: Account,
  ): Promise<void> => {
    const reference = decodeURIComponent(upgradePath.exec(url.pathname)?.[1] ?? '');
    const wish = readWish(reference, url.searchParams, account);
    let gone = false;
    const onGone = (): void => {
      gone = true;
    };
    socket.once('close', onGone);
    await startService(wish);
    socket.off('close', onGone);
    if (gone) return;
    server.handleUpgrade(request, socket, head, (client) => {
      const { session } = wish;
      open.add(client);
      session.openTunnels += 1;
      client.once('close', () => {
        open.delete(client);
        session.openTunnels -= 1;
        session.lastActivityAt = Date.now();
      });
      client.on('error', (error) => log(`tunnel to ${wish.app}: ${error.message}`));
      // Nothing may be lost between the upgrade and the connection to the service.
      client.pause();
      void connect(client, request, wish).then(() => client.resume());
    });
  };

  return {
    routes: [{ method: 'GET', path: '/stream/session/{s}/apps', handler: apps }],
    matches: (pathname) => upgradePath.test(pathname),
    upgrade,
    close: () => {
      for (const client of [...open]) client.close(goingAway);
      setTimeout(() => {
        for (const client of [...open]) client.terminate();
      }, 500).unref();
    },
  };
}
