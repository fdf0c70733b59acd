/** A site for tests: real WebSockets that carry bytes to local ports, with faults on demand, behind the SiteApi seam. */
import { connect, type Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import type { Circuit } from '../../backend/api/services-api.ts';
import type { Accounts, KnownSessions, ServiceInfo, SiteApi } from '../../backend/site-api.ts';
import { BerthError } from '../../base/berth-error.ts';
import { Emitter } from '../../base/emitter.ts';
import { doubleOf } from '../../base/test-double.ts';
import type { DocumentStore } from '../../hosts/host.ts';
import type { RealSshServer } from './real-ssh-server.ts';

export const testRef = { accountId: 'account-1', sessionId: '6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11' } as const;

export interface TestSite {
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  readonly hostKeyStore: DocumentStore;
  services: ServiceInfo[];
  /** Local port by service name; a missing one is refused after the handshake, as an agent does. */
  readonly ports: Map<string, number>;
  /** Called when a handshake asks for a service: what the kernel runner does on the first request. */
  onLaunch: (service: string) => Promise<void>;
  key: string;
  /** Handshakes so far, as `kind:service`. */
  readonly handshakes: string[];
  /** While set, every new tunnel fails with this. */
  refuse: BerthError | null;
  /** Tunnels of this kind fail with this. */
  readonly refuseKind: Map<string, BerthError>;
  /** False: as behind a webserver, where a tunnel whose service closed stays open. */
  hearsClose: boolean;
  proxyVersion: string | null;
  openCircuit: (service: string) => Promise<Circuit>;
  /** Breaks every open tunnel without a close frame. */
  cut(): void;
  /** The same, and new tunnels fail until `mend`: a link stays lost for as long as a test needs to look at it. */
  cutAndStayAway(): void;
  mend(): void;
  /** Nothing passes any more, yet nothing closes: a cable that was pulled. */
  stall(): void;
  /** Only the way back stands still: what is sent arrives, and no answer comes. */
  stallAnswers(): void;
  unstall(): void;
  /** The container's side is gone and nobody says so: the tunnel stays open and answers pings, as behind a webserver. */
  hang(): void;
  /** While set, the account cannot be used. */
  signedOutBy: BerthError | null;
  readonly onConnected: (listener: (accountId: string) => void) => () => void;
  /** The account can be used again. */
  signIn(): void;
  endSession(): void;
  signOut(): void;
  close(): Promise<void>;
}

export function memoryStore(): DocumentStore {
  let document: Record<string, unknown> = {};
  return {
    path: 'memory',
    read: () => structuredClone(document),
    write: (next) => {
      document = structuredClone(next);
    },
  };
}

export function testSession(changes: Partial<Session> = {}): Session {
  return {
    id: testRef.sessionId,
    name: 'notes',
    status: 'RUNNING',
    family: 'running',
    tab: 'running',
    statusInfo: null,
    reasons: [],
    queuePosition: null,
    type: 'interactive',
    image: 'python',
    environment: 'Python 3.12',
    architecture: 'x86_64',
    resourceGroup: 'default',
    project: 'default',
    clusterSize: 1,
    slots: {},
    shmemBytes: null,
    live: null,
    mounts: [],
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: null,
    terminatedAt: null,
    history: [],
    services: [],
    kernels: [],
    accessKey: null,
    ...changes,
  };
}

/** @param ssh the server behind `sshd`, whose user's key the session holds */
export async function startTestSite(ssh?: Pick<RealSshServer, 'port' | 'privateKey'>): Promise<TestSite> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (typeof address === 'string' || address === null) throw new Error('No address');
  const pairs = new Set<{ ws: WebSocket; socket: Socket }>();
  const ended = new Emitter<[string, string]>();
  const signedOut = new Emitter<string>();
  const connected = new Emitter<string>();
  let stalled = false;

  server.on('connection', (ws, request) => {
    const service = new URL(request.url ?? '/', 'ws://x').searchParams.get('app') ?? '';
    const port = site.ports.get(service);
    ws.on('error', () => undefined);
    if (port === undefined) {
      ws.close(1013);
      return;
    }
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const pair = { ws, socket };
    pairs.add(pair);
    if (stalled) hold(pair);
    ws.on('message', (data, isBinary) => {
      if (!isBinary || !Buffer.isBuffer(data)) return;
      if (!socket.write(data)) {
        ws.pause();
        socket.once('drain', () => ws.resume());
      }
    });
    socket.on('data', (chunk) => {
      ws.send(chunk, { binary: true });
      if (ws.bufferedAmount > 1024 * 1024) {
        socket.pause();
        const poll = setInterval(() => {
          if (ws.bufferedAmount > 256 * 1024 && ws.readyState === ws.OPEN) return;
          clearInterval(poll);
          if (!stalled) socket.resume();
        }, 2);
      }
    });
    socket.once('connect', () => socket.setNoDelay(true));
    socket.on('error', () => ws.close(1013));
    socket.on('end', () => {
      if (site.hearsClose) ws.close(1001);
    });
    ws.on('close', () => {
      pairs.delete(pair);
      socket.destroy();
    });
  });

  const hold = (pair: { ws: WebSocket; socket: Socket }): void => {
    pair.ws.pause();
    pair.socket.pause();
  };

  const api: SiteApi = Object.assign(new (doubleOf<SiteApi>())(), {
    session: async () => testSession(),
    events: () => ({ dispose: () => undefined }),
    services: async () => site.services,
    hearsClose: () => site.hearsClose,
    proxyVersion: async () => site.proxyVersion,
    openCircuit: async (_id: string, service: string) => site.openCircuit(service),
    readSessionFile: async (_id: string, path: string) => {
      if (path !== '/home/work/id_container') throw new BerthError('not-found', { place: 'container' });
      return Buffer.from(site.key);
    },
    openTunnel: async (_id: string, service: string, kind: string, signal?: AbortSignal) => {
      site.handshakes.push(`${kind}:${service}`);
      const refused = site.refuse ?? site.refuseKind.get(kind);
      if (refused) throw refused;
      await site.onLaunch(service);
      return new Promise<WebSocket>((resolve, reject) => {
        const ws = new WebSocket(`ws://127.0.0.1:${address.port}/?app=${service}`, { perMessageDeflate: false });
        const fail = (cause: unknown): void =>
          reject(new BerthError('offline', { place: 'site', retry: 'auto', cause }));
        ws.once('error', fail);
        signal?.addEventListener('abort', () => ws.terminate(), { once: true });
        ws.once('open', () => {
          ws.off('error', fail);
          ws.pause();
          resolve(ws);
        });
      });
    },
  } satisfies Partial<SiteApi>);

  const site: TestSite = {
    accounts: {
      api: () => {
        if (site.signedOutBy) throw site.signedOutBy;
        return api;
      },
      site: () => ({ id: 'site-1234', name: 'lab-a', colour: '#2f6feb' }),
      onSignedOut: (listener) => signedOut.on(listener),
    },
    known: {
      get: () => testSession(),
      onEnded: (listener) => ended.on(([accountId, sessionId]) => listener(accountId, sessionId)),
    },
    hostKeyStore: memoryStore(),
    services: [{ name: 'sshd', protocol: 'tcp', ports: [2200], urlTemplate: null }],
    ports: new Map(ssh ? [['sshd', ssh.port]] : []),
    onLaunch: async () => undefined,
    key: ssh?.privateKey ?? '',
    handshakes: [],
    refuse: null,
    refuseKind: new Map(),
    hearsClose: true,
    proxyVersion: null,
    openCircuit: () => Promise.reject(new BerthError('app-proxy-failed', { place: 'manager' })),
    cut() {
      for (const { ws, socket } of [...pairs]) {
        ws.terminate();
        socket.destroy();
      }
    },
    cutAndStayAway() {
      site.refuse = new BerthError('offline', { place: 'site', retry: 'auto' });
      site.cut();
    },
    mend() {
      site.refuse = null;
    },
    stall() {
      stalled = true;
      for (const pair of pairs) hold(pair);
    },
    stallAnswers() {
      for (const { socket } of pairs) socket.pause();
    },
    unstall() {
      stalled = false;
      for (const { ws, socket } of pairs) {
        ws.resume();
        socket.resume();
      }
    },
    hang() {
      for (const { socket } of pairs) socket.destroy();
    },
    signedOutBy: null,
    onConnected: (listener) => connected.on(listener),
    signIn() {
      site.signedOutBy = null;
      connected.emit(testRef.accountId);
    },
    endSession: () => ended.emit([testRef.accountId, testRef.sessionId]),
    signOut: () => signedOut.emit(testRef.accountId),
    async close() {
      site.cut();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return site;
}
