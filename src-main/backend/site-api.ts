/**
 * What the rest of Berth may ask of one account on one site. `backend/` implements it; areas depend on these types only.
 * Every method throws BerthError for what is expected to go wrong.
 */
import type { WebSocket } from 'ws';
import type { Folder, LauncherBounds, LauncherOptions } from '../../src-preload/contract/launcher.ts';
import type { Session, StartInput } from '../../src-preload/contract/sessions.ts';
import type { Project } from '../../src-preload/contract/sites.ts';

/** One entry of `GET /stream/session/{id}/apps` (tunnels reference, section 1.8). */
export interface ServiceInfo {
  readonly name: string;
  readonly protocol: string;
  /** Ports inside the container. */
  readonly ports: readonly number[];
  readonly urlTemplate: string | null;
}

export interface Identity {
  readonly email: string;
  readonly fullName: string;
  readonly domain: string;
  readonly role: string;
  readonly projects: readonly Project[];
}

/** One page of sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly total: number;
}

/** What arrives on the event stream; any of them means: ask for this session again. */
export interface SessionEvent {
  readonly name: string;
  readonly sessionId: string;
  readonly reason: string;
}

export interface EventStreamHandlers {
  onOpen(): void;
  onEvent(event: SessionEvent): void;
  /** The stream ended or broke; the caller opens a new one after its own wait. */
  onClose(error: unknown): void;
}

export interface SiteApi {
  identity(signal?: AbortSignal): Promise<Identity>;
  sessionPage(query: { finished: boolean; offset: number; limit: number }, signal?: AbortSignal): Promise<SessionPage>;
  /** Null when the site knows no such session. */
  session(sessionId: string, signal?: AbortSignal): Promise<Session | null>;
  start(input: StartInput, signal?: AbortSignal): Promise<{ sessionId: string; name: string }>;
  terminate(sessionId: string, forced: boolean, signal?: AbortSignal): Promise<void>;
  rename(sessionId: string, name: string, signal?: AbortSignal): Promise<void>;
  logs(sessionId: string, signal?: AbortSignal): Promise<string>;
  events(handlers: EventStreamHandlers): { dispose(): void };
  launcherOptions(project: string | null, signal?: AbortSignal): Promise<LauncherOptions>;
  launcherBounds(
    query: { project: string; resourceGroup: string; image: string; architecture: string },
    signal?: AbortSignal,
  ): Promise<LauncherBounds>;
  folders(signal?: AbortSignal): Promise<Folder[]>;
  services(sessionId: string, signal?: AbortSignal): Promise<ServiceInfo[]>;
  /** Raw bytes of a file under the session's home, at most 1 MiB (tunnels reference, section 3.4). */
  readSessionFile(sessionId: string, path: string, signal?: AbortSignal): Promise<Buffer>;
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

/** Finding the way from an account id to its site. */
export interface Accounts {
  /** Throws BerthError `account-missing` or `signed-out`. */
  api(accountId: string): SiteApi;
  /** Name and colour of the account's site, for window titles and edges. */
  site(accountId: string): { readonly id: string; readonly name: string; readonly colour: string };
  /** Calls back when an account was signed out or removed. */
  onSignedOut(listener: (accountId: string) => void): () => void;
}

/** What is known of sessions without asking the site. */
export interface KnownSessions {
  get(accountId: string, sessionId: string): Session | undefined;
  /** Calls back once a session that was known has ended (TERMINATED, CANCELLED or gone). */
  onEnded(listener: (accountId: string, sessionId: string) => void): () => void;
}
