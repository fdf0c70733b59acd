/** The sessions that are known of one account, what changed since the last look, and how many stand on which tab. Pure. */
import type { Session, SessionCounts, SessionTab } from '../../src-preload/contract/sessions.ts';
import { steadyIdleChecks } from './idle-policy.ts';
import { hasEnded } from './status-policy.ts';

export interface BookChanges {
  readonly changed: readonly Session[];
  readonly removed: readonly string[];
}

export class SessionBook {
  readonly #sessions = new Map<string, { readonly session: Session; readonly text: string }>();
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #onEnded: (sessionId: string) => void;

  /** @param onEnded a session that was live when last seen has ended or is gone */
  constructor(onEnded: (sessionId: string) => void) {
    this.#onEnded = onEnded;
  }

  get(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId)?.session;
  }

  put(read: Session): void {
    const before = this.#sessions.get(read.id);
    const ends = before?.session.idleChecks;
    const session = ends && read.idleChecks ? { ...read, idleChecks: steadyIdleChecks(ends, read.idleChecks) } : read;
    const text = JSON.stringify(session);
    if (before?.text === text) return;
    this.#sessions.set(session.id, { session, text });
    this.#changed.add(session.id);
    this.#removed.delete(session.id);
    if (before !== undefined && !hasEnded(before.session.status) && hasEnded(session.status)) this.#onEnded(session.id);
  }

  remove(sessionId: string): void {
    const before = this.#sessions.get(sessionId);
    if (before === undefined) return;
    this.#sessions.delete(sessionId);
    this.#changed.delete(sessionId);
    this.#removed.add(sessionId);
    if (!hasEnded(before.session.status)) this.#onEnded(sessionId);
  }

  /** Newest first. */
  onTab(tab: SessionTab): Session[] {
    return this.all()
      .filter((session) => session.tab === tab)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  all(): Session[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  counts(): SessionCounts {
    const counts = { running: 0, finished: 0, other: 0 };
    for (const { session } of this.#sessions.values()) counts[session.tab]++;
    return counts;
  }

  /** What differs since the last call, at most so many changed ones; the others stay for the next call. */
  takeChanges(most: number): BookChanges {
    const changed: Session[] = [];
    for (const id of this.#changed) {
      if (changed.length >= most) break;
      this.#changed.delete(id);
      const session = this.get(id);
      if (session !== undefined) changed.push(session);
    }
    const removed = [...this.#removed];
    this.#removed.clear();
    return { changed, removed };
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0 || this.#removed.size > 0;
  }
}
