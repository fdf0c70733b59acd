/** Sessions of one account: lists, one of them, starting and ending. Facts of one session are in `session-facts-api.ts`. */
import type { Session, StartInput } from '../../../src-preload/contract/sessions.ts';

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

export interface SessionsApi {
  sessionPage(query: { finished: boolean; offset: number; limit: number }, signal?: AbortSignal): Promise<SessionPage>;
  /** Null when the site knows no such session. */
  session(sessionId: string, signal?: AbortSignal): Promise<Session | null>;
  /** Throws BerthError `unsupported` with `feature` for what this site's manager does not know. */
  start(input: StartInput, signal?: AbortSignal): Promise<{ sessionId: string; name: string }>;
  terminate(sessionId: string, forced: boolean, signal?: AbortSignal): Promise<void>;
  rename(sessionId: string, name: string, signal?: AbortSignal): Promise<void>;
  events(handlers: EventStreamHandlers): { dispose(): void };
}
