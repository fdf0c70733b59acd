/**
 * Puts the sandbox together: account, folders, sessions, routes, and one server on loopback.
 */
import { Account, email, rateLimit } from './auth/account.ts';
import { RateLimit } from './auth/rate-limit.ts';
import { DataLock } from './data-lock.ts';
import { type FaceName, faceOf } from './face.ts';
import { FolderStore } from './folders/folder-store.ts';
import { makeGraphqlHandler } from './graphql/endpoint.ts';
import { Router } from './http/router.ts';
import { HttpServer } from './http/server.ts';
import { ImageCatalog } from './images/catalog.ts';
import { tunnelRoutes } from './proxy/tunnel-routes.ts';
import { authRoutes } from './rest/auth-routes.ts';
import { eventRoutes } from './rest/event-routes.ts';
import { folderRoutes } from './rest/folder-routes.ts';
import { resourceRoutes } from './rest/resource-routes.ts';
import { sessionFileRoutes } from './rest/session-files.ts';
import { sessionRoutes } from './rest/session-routes.ts';
import type { KernelRuntime } from './runtime/kernel.ts';
import { BackgroundTasks, EventHub } from './sessions/events.ts';
import { madeUpSessions } from './sessions/made-up.ts';
import { SessionService } from './sessions/session-service.ts';
import type { Site } from './site.ts';
import { agentCapacity } from './slots/capacity.ts';
import type { Slots } from './slots/slots.ts';

export interface SandboxOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly manager: FaceName;
  readonly madeUp: number;
  readonly paceMs: number;
  readonly runtime: KernelRuntime;
  readonly log: (line: string) => void;
  /** Another machine than this one; for tests. */
  readonly capacity?: Slots;
}

/** What the sandbox prints about itself. */
export interface SandboxInfo {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly email: string;
  readonly password: string;
}

export interface Sandbox {
  readonly info: SandboxInfo;
  /** Ends streams, tunnels, sessions and the listener. Idempotent. */
  close(): Promise<void>;
}

/** How long answers may take to finish when the sandbox closes. */
const closeGraceMs = 800;

/** Throws when the port is taken or the data folder is in use. The runtime is disposed of by {@link Sandbox.close}. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDir, runtime, log } = options;
  const face = faceOf(options.manager);
  const lock = new DataLock(dataDir);
  await lock.check();
  const account = await Account.open(dataDir);
  const folders = await FolderStore.open(dataDir);
  const images = new ImageCatalog(runtime);
  const events = new EventHub(face);
  const tasks = new BackgroundTasks();
  const sessions = new SessionService({
    face,
    runtime,
    images,
    folders,
    events,
    tasks,
    capacity: options.capacity ?? agentCapacity(),
    userKey: () => account.ssh,
    paceMs: options.paceMs,
    log,
  });
  for (const session of madeUpSessions(options.madeUp)) sessions.store.add(session);
  const site: Site = { face, account, folders, images, sessions, events, tasks, log };
  const streams = eventRoutes(site);
  const tunnels = tunnelRoutes(site);
  const router = new Router([
    ...authRoutes(site),
    ...resourceRoutes(site),
    ...sessionRoutes(site),
    ...sessionFileRoutes(site),
    ...folderRoutes(site),
    ...streams.routes,
    ...tunnels.routes,
    { method: 'POST', path: '/admin/gql', handler: makeGraphqlHandler(site) },
  ]);
  const server = new HttpServer({
    face,
    keys: account,
    limit: new RateLimit(rateLimit),
    router,
    upgrades: tunnels,
    log,
  });
  const port = await server.listen(options.port);
  await lock.take(port);
  // Asking Python programs for their versions takes half a second; nobody should wait for it at the first launch.
  images.list().catch((error: unknown) => log(`looking for environments failed: ${String(error)}`));

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    sessions.dispose();
    streams.close();
    tunnels.close();
    await Promise.all([server.close(closeGraceMs), runtime.dispose()]);
    await lock.release();
  };
  return {
    info: {
      endpoint: `http://127.0.0.1:${port}`,
      accessKey: account.accessKey,
      secretKey: account.secretKey,
      email,
      password: account.password,
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
