/**
 * Puts the sandbox together: account, folders, sessions, routes, and one server on loopback.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AppProxy, type AppProxyMode } from './app-proxy/app-proxy.ts';
import type { Account } from './auth/account.ts';
import { Accounts } from './auth/accounts.ts';
import type { AccountKind } from './auth/profiles.ts';
import { DataLock } from './data-lock.ts';
import { type FaceName, faceOf } from './face.ts';
import type { FaultPlace } from './faults/fault-file.ts';
import { Faults } from './faults/faults.ts';
import { FolderStore } from './folders/folder-store.ts';
import { FolderQuota } from './folders/quota.ts';
import { makeGraphqlHandler } from './graphql/endpoint.ts';
import { Listener } from './http/listener.ts';
import { Router } from './http/router.ts';
import { ManagerFace } from './http/server.ts';
import { ImageCatalog } from './images/catalog.ts';
import { CustomizedImages } from './images/customized.ts';
import { tunnelRoutes } from './proxy/tunnel-routes.ts';
import { authRoutes } from './rest/auth-routes.ts';
import { eventRoutes } from './rest/event-routes.ts';
import { folderFileRoutes } from './rest/folder-files.ts';
import { folderRoutes } from './rest/folder-routes.ts';
import { folderSharingRoutes } from './rest/folder-sharing.ts';
import { resourceRoutes } from './rest/resource-routes.ts';
import { sessionFileRoutes } from './rest/session-files.ts';
import { sessionImageRoutes } from './rest/session-images.ts';
import { sessionRoutes } from './rest/session-routes.ts';
import { userConfigRoutes } from './rest/user-config-routes.ts';
import type { KernelRuntime } from './runtime/kernel.ts';
import { BackgroundTasks, EventHub } from './sessions/events.ts';
import { madeUpSessions } from './sessions/made-up.ts';
import { SessionService } from './sessions/session-service.ts';
import type { Site } from './site.ts';
import { projectsOf } from './site-facts.ts';
import { agentCapacity } from './slots/capacity.ts';
import type { Slots } from './slots/slots.ts';
import { StorageProxy } from './storage/storage-proxy.ts';
import { TransferTokens } from './storage/transfer-tokens.ts';
import { Webserver } from './webserver/webserver.ts';

export interface SandboxOptions {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly manager: FaceName;
  readonly madeUp: number;
  readonly paceMs: number;
  /** Puts a webserver in front of the manager, for signing in with e-mail and password. */
  readonly webserver?: boolean;
  /** Seconds without use after which the stock policy reclaims a session. */
  readonly idleTimeout?: number;
  /** Seconds between two signs of life of an event stream; 15 without it, as a manager's. */
  readonly pingSeconds?: number;
  /** An app proxy of version 2 for every resource group; none without it. */
  readonly appProxy?: AppProxyMode | null;
  /** A fault script that the site obeys. */
  readonly faults?: string | null;
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
  /** Address of the webserver, when there is one. */
  readonly webserver?: string;
  /** Every account, the main one first. */
  readonly accounts: readonly AccountInfo[];
}

/** An account that a person or a test can sign in to. */
export interface AccountInfo {
  readonly kind: AccountKind;
  readonly about: string;
  readonly email: string;
  readonly password: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** In base32; there when a one-time code is wanted. */
  readonly totpSecret?: string;
}

export interface Sandbox {
  readonly info: SandboxInfo;
  readonly appProxy: AppProxy | null;
  /** Ends streams, tunnels, sessions and the listener. Idempotent. */
  close(): Promise<void>;
}

function infoOf(account: Account): AccountInfo {
  const { email, password, accessKey, secretKey, totpSecret } = account;
  const { kind, about } = account.profile;
  return { kind, about, email, password, accessKey, secretKey, ...(totpSecret === null ? {} : { totpSecret }) };
}

/** How long answers may take to finish when the sandbox closes. */
const closeGraceMs = 800;

/** Throws when the port is taken or the data folder is in use. The runtime is disposed of by {@link Sandbox.close}. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDir, runtime, log } = options;
  const face = faceOf(options.manager);
  const faults = options.faults == null ? null : Faults.open(options.faults);
  const lock = new DataLock(dataDir);
  await lock.check();
  const accounts = await Accounts.open(dataDir);
  const account = accounts.main;
  const folders = await FolderStore.open(dataDir, account.userId);
  const images = new ImageCatalog(runtime);
  const customized = await CustomizedImages.open(dataDir);
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
    idleTimeout: options.idleTimeout ?? 0,
    paceMs: options.paceMs,
    log,
  });
  const quota = new FolderQuota(folders, (userId) => {
    const owner = accounts.byUserId(userId);
    return owner === null ? null : sessions.usage.policyOf(owner).maxFolderBytes;
  });
  const appProxy =
    options.appProxy == null
      ? null
      : new AppProxy({ mode: options.appProxy, guard: faults?.interceptor('app-proxy') ?? null, log });
  const projects = projectsOf(account.projectId);
  const tokens = new TransferTokens();
  let storageEndpoint = '';
  for (const session of madeUpSessions(options.madeUp, account, projects[0])) sessions.store.add(session);
  const site: Site = {
    dataDir,
    customized,
    face,
    accounts,
    projects,
    folders,
    quota,
    images,
    sessions,
    events,
    tasks,
    tokens,
    storageEndpoint: () => storageEndpoint,
    appProxy,
    faults,
    log,
  };
  const streams = eventRoutes(site, options.pingSeconds);
  const tunnels = tunnelRoutes(site);
  const router = new Router([
    ...authRoutes(site),
    ...userConfigRoutes(),
    ...resourceRoutes(site),
    ...sessionRoutes(site),
    ...sessionFileRoutes(site),
    ...sessionImageRoutes(site),
    ...folderRoutes(site),
    ...folderFileRoutes(site),
    ...folderSharingRoutes(site),
    ...streams.routes,
    ...tunnels.routes,
    { method: 'POST', path: '/admin/gql', handler: makeGraphqlHandler(site) },
  ]);
  const guard = (place: FaultPlace) => faults?.interceptor(place) ?? null;
  const now = () => faults?.now() ?? Date.now();
  const server = new Listener(
    new ManagerFace({ face, keys: accounts, router, upgrades: tunnels, log, now }),
    guard('manager'),
  );
  const port = await server.listen(options.port);
  await lock.take(port);
  const endpoint = `http://127.0.0.1:${port}`;
  const storage = new Listener(new StorageProxy({ face, folders, quota, tokens, log }), guard('storage'));
  storageEndpoint = `http://127.0.0.1:${await storage.listen(0)}`;
  await appProxy?.open();
  const webserver = options.webserver === true ? new Webserver({ face, manager: endpoint, log }) : null;
  const front = webserver === null ? null : new Listener(webserver, guard('webserver'));
  const frontPort = front === null ? 0 : await front.listen(0);
  // Nobody should wait at the first launch for a key to be made, or for Python programs to tell their versions.
  const warm = account.sshKey().catch((error: unknown) => log(`making an SSH key failed: ${String(error)}`));
  images.list().catch((error: unknown) => log(`looking for environments failed: ${String(error)}`));

  faults?.begin({
    expireLogins: () => webserver?.logins.endAll(),
    cutConnections: () => {
      for (const listener of [server, front, storage, appProxy]) listener?.cutConnections();
    },
    rotateHostKeys: () => {
      for (const { main } of sessions.store.all())
        main.running?.rotateHostKey().catch((error: unknown) => log(String(error)));
    },
    log,
  });

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    faults?.close();
    sessions.dispose();
    streams.close();
    tunnels.close();
    webserver?.close();
    await Promise.all([
      front?.close(closeGraceMs),
      storage.close(closeGraceMs),
      appProxy?.close(closeGraceMs),
      // A key that is being made is written down in the data folder, which may go away after this.
      Promise.race([warm, delay(closeGraceMs)]),
      server.close(closeGraceMs),
      runtime.dispose(),
    ]);
    await lock.release();
  };
  return {
    info: {
      endpoint,
      accessKey: account.accessKey,
      secretKey: account.secretKey,
      email: account.email,
      password: account.password,
      ...(front === null ? {} : { webserver: `http://127.0.0.1:${frontPort}` }),
      accounts: accounts.all.map(infoOf),
    },
    appProxy,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
