/** Services of a running session, the byte streams to them, and small files of its home. */
import type { WebSocket } from 'ws';
import type { Circuit } from '../app-proxy.ts';

export type { Circuit } from '../app-proxy.ts';

/** One entry of `GET /stream/session/{id}/apps` (tunnels reference, section 1.8). */
export interface ServiceInfo {
  readonly name: string;
  readonly protocol: string;
  /** Ports inside the container. */
  readonly ports: readonly number[];
  readonly urlTemplate: string | null;
  /** Names of start arguments and environment variables that may be given; empty when none may. */
  readonly allowedArguments?: readonly string[];
  readonly allowedEnvs?: readonly string[];
}

/** How a service is to be started; only matters while it does not run yet. */
export interface ServiceStart {
  readonly port?: number;
  readonly envs?: Readonly<Record<string, string>>;
  readonly arguments?: Readonly<Record<string, string>>;
}

/** A place on the site's app proxy. The token is a secret. */
export interface ProxiedService {
  readonly token: string;
  readonly proxyAddress: string;
}

/** One file or folder in a session's home. */
export interface SessionFile {
  readonly name: string;
  readonly mode: string;
  readonly bytes: number;
  readonly folder: boolean;
  readonly modifiedAt: string | null;
}

export interface ServicesApi {
  services(sessionId: string, signal?: AbortSignal): Promise<ServiceInfo[]>;
  /** For the app proxy only: tunnels start services by themselves. Throws `maintenance` where the site has no proxy. */
  startService(sessionId: string, service: string, start: ServiceStart, signal?: AbortSignal): Promise<ProxiedService>;
  /**
   * The service's place on the app proxy, started where it does not run. The answer holds a secret. Throws
   * `app-proxy-failed` where the site has none for this session.
   */
  openCircuit(sessionId: string, service: string, protocol: string, signal?: AbortSignal): Promise<Circuit>;
  /** False behind a webserver: there a tunnel whose service closed stays open and silent (tunnels reference, 1.5). */
  hearsClose(): boolean;
  shutdownService(sessionId: string, service: string, signal?: AbortSignal): Promise<void>;
  /** Raw bytes of a file under the session's home, at most 1 MiB (tunnels reference, section 3.4). */
  readSessionFile(sessionId: string, path: string, signal?: AbortSignal): Promise<Buffer>;
  /** Names in a folder below the session's home. */
  listSessionFiles(sessionId: string, path: string, signal?: AbortSignal): Promise<SessionFile[]>;
  /**
   * One raw byte stream to a service: an open WebSocket whose binary messages are the bytes (tunnels reference, 1.5).
   * Resolves after the 101; the service has been started by then. The socket is paused until a reader is attached.
   */
  openTunnel(
    sessionId: string,
    service: string,
    kind: 'tcpproxy' | 'httpproxy',
    signal?: AbortSignal,
  ): Promise<WebSocket>;
}
