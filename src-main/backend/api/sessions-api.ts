/** Sessions of one account: lists, one of them, starting and ending. Facts of one session are in `session-facts-api.ts`. */
import type { Session, StartInput } from '../../../src-preload/contract/sessions.ts';
import type { Condition, Order } from '../minilang.ts';

/** One page of sessions. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly total: number;
}

export interface SessionSearch {
  /** `mine`: of this access key; else all sessions of a project that the site lets the caller see. */
  readonly scope: 'mine' | { readonly projectId: string };
  /** Comparisons with statuses and types that this manager does not know are answered without asking it. */
  readonly filter?: Condition;
  /** Newest first without it. */
  readonly order?: readonly Order[];
  readonly offset: number;
  readonly limit: number;
}

/** What arrives on the event stream; any of them means: ask for this session again. */
export interface SessionEvent {
  readonly name: string;
  readonly sessionId: string;
  readonly reason: string;
}

export interface EventStreamHandlers {
  onOpen(): void;
  /** Any sign of life after that, comments too. */
  onAlive?(): void;
  onEvent(event: SessionEvent): void;
  /** The stream ended or broke; the caller opens a new one after its own wait. */
  onClose(error: unknown): void;
}

export interface SessionsApi {
  sessionPage(query: { finished: boolean; offset: number; limit: number }, signal?: AbortSignal): Promise<SessionPage>;
  searchSessions(search: SessionSearch, signal?: AbortSignal): Promise<SessionPage>;
  /** Null when the site knows no such session. */
  session(sessionId: string, signal?: AbortSignal): Promise<Session | null>;
  /** Throws BerthError `unsupported` with `feature` for what this site's manager does not know. */
  start(input: StartInput, signal?: AbortSignal): Promise<{ sessionId: string; name: string }>;
  terminate(sessionId: string, forced: boolean, signal?: AbortSignal): Promise<void>;
  /** Throws BerthError `unsupported` from 26.4.4 on: end it and start again instead (`restart`). */
  restart(sessionId: string, signal?: AbortSignal): Promise<void>;
  rename(sessionId: string, name: string, signal?: AbortSignal): Promise<void>;
  events(handlers: EventStreamHandlers): { dispose(): void };
}
