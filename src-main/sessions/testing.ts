/** For tests: a clock that moves when told, and a site that answers from memory. */
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { EventStreamHandlers, SessionPage, SiteApi } from '../backend/site-api.ts';
import type { Clock } from '../base/clock.ts';
import { doubleOf } from '../base/test-double.ts';
import { familyOf, tabOf } from './status-policy.ts';

/** Lets everything that waits for settled promises run. */
export async function settle(): Promise<void> {
  for (let count = 0; count < 5; count++) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#timers.size;
  }

  after(delayMs: number, callback: () => void): { dispose(): void } {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
    this.#now = end;
  }
}

export function sessionId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function makeSession(number: number, status: string, change: Partial<Session> = {}): Session {
  return {
    id: sessionId(number),
    name: `s${number}`,
    status,
    family: familyOf(status),
    tab: tabOf(status),
    statusInfo: null,
    reasons: [],
    queuePosition: null,
    type: 'interactive',
    image: 'r/python:3.11',
    environment: 'Python 3.11',
    architecture: 'x86_64',
    resourceGroup: 'default',
    project: 'default',
    clusterSize: 1,
    slots: {},
    shmemBytes: null,
    live: null,
    mounts: [],
    createdAt: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    startedAt: null,
    terminatedAt: null,
    history: [],
    services: [],
    kernels: [],
    accessKey: 'AK',
    ...change,
  };
}

export class FakeSite extends doubleOf<SiteApi>() {
  readonly sessions = new Map<string, Session>();
  readonly calls: string[] = [];
  /** Open event streams. */
  readonly streams = new Set<EventStreamHandlers>();
  failure: Error | null = null;
  eventsFailure: Error | null = null;

  put(...sessions: readonly Session[]): void {
    for (const session of sessions) this.sessions.set(session.id, session);
  }

  event(id: string): void {
    for (const stream of this.streams) stream.onEvent({ name: 'session_started', sessionId: id, reason: '' });
  }

  cut(error: Error): void {
    for (const stream of [...this.streams]) {
      this.streams.delete(stream);
      stream.onClose(error);
    }
  }

  count(call: string): number {
    return this.calls.filter((one) => one.startsWith(call)).length;
  }

  override async sessionPage({ finished, offset, limit }: Parameters<SiteApi['sessionPage']>[0]): Promise<SessionPage> {
    this.calls.push(`page ${finished ? 'finished' : 'live'} ${offset}`);
    if (this.failure !== null) throw this.failure;
    const all = [...this.sessions.values()]
      .filter((session) => (session.family === 'finished') === finished)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    return { sessions: all.slice(offset, offset + limit), total: all.length };
  }

  override async session(id: string): Promise<Session | null> {
    this.calls.push(`session ${id}`);
    if (this.failure !== null) throw this.failure;
    return this.sessions.get(id) ?? null;
  }

  override events(handlers: EventStreamHandlers): { dispose(): void } {
    this.calls.push('events');
    const failure = this.failure ?? this.eventsFailure;
    queueMicrotask(() => {
      if (failure !== null) {
        handlers.onClose(failure);
        return;
      }
      this.streams.add(handlers);
      handlers.onOpen();
    });
    return { dispose: () => void this.streams.delete(handlers) };
  }

  override async start(): Promise<{ sessionId: string; name: string }> {
    const session = makeSession(this.sessions.size + 1, 'PENDING');
    this.put(session);
    return { sessionId: session.id, name: session.name };
  }

  override async terminate(id: string): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const session = this.sessions.get(id);
    if (session !== undefined) this.put({ ...session, status: 'TERMINATING', family: 'ending' });
  }

  dispose(): void {}
}
