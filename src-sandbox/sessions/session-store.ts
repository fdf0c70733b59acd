/**
 * All sessions of the site, and how a reference (UUID or name) finds one.
 */
import type { Account } from '../auth/account.ts';
import type { Face } from '../face.ts';
import { notFound, Problem } from '../http/problem.ts';
import { isOver, type Session } from './session.ts';

/** Finished sessions that are kept for the list; the oldest give way. */
const maxFinished = 500;

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

export class SessionStore {
  private readonly sessions = new Map<string, Session>();
  private readonly face: Face;

  constructor(face: Face) {
    this.face = face;
  }

  add(session: Session): void {
    this.sessions.set(session.id, session);
  }

  all(): Iterable<Session> {
    return this.sessions.values();
  }

  byId(id: string): Session | null {
    return this.sessions.get(id.toLowerCase()) ?? null;
  }

  /** Drops the oldest finished sessions beyond the bound; made-up ones are not counted. */
  trim(): void {
    const finished = [...this.sessions.values()].filter((session) => isOver(session) && !session.madeUp);
    for (const session of finished.slice(0, Math.max(0, finished.length - maxFinished)))
      this.sessions.delete(session.id);
  }

  /** The sessions of an account. */
  of(owner: Account): readonly Session[] {
    return [...this.sessions.values()].filter((session) => session.owner === owner);
  }

  /** The account's live session of that name, or `null`. */
  liveByName(name: string, owner: Account): Session | null {
    for (const session of this.sessions.values()) {
      if (session.name === name && session.owner === owner && !isOver(session)) return session;
    }
    return null;
  }

  /** The account's live sessions whose id or name begins so. */
  startingWith(prefix: string, owner: Account): readonly Session[] {
    return this.of(owner).filter(
      (session) => !isOver(session) && (session.id.startsWith(prefix.toLowerCase()) || session.name.startsWith(prefix)),
    );
  }

  /** A session by UUID or name that is not over. Throws 404. */
  live(reference: string, owner: Account): Session {
    const session = this.find(reference, owner);
    if (isOver(session)) throw notFound('session');
    return session;
  }

  /**
   * A session by UUID in any state, or by name. A name finds the live session; for a manager from 25.13 on it finds
   * dead ones too, and is refused when it is shared.
   * SECURITY: only among the account's own sessions (accounts.test.ts, "sees only its own"). Throws 404.
   */
  find(reference: string, owner: Account): Session {
    if (uuid.test(reference)) {
      const hex = reference.replaceAll('-', '').toLowerCase();
      const dashed = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      const session = this.sessions.get(dashed);
      if (session !== undefined && session.owner === owner) return session;
    }
    const live = this.liveByName(reference, owner);
    if (live !== null) return live;
    const dead = this.of(owner).filter((session) => session.name === reference);
    const [first] = dead;
    if (first === undefined || !this.face.since('25.13')) throw notFound('session');
    if (dead.length > 1) {
      const matches = dead.map(({ id, name, status }) => ({ id, name, status }));
      throw new Problem(404, 'too-many-sessions-matched', 'Too many sessions matched.', { data: { matches } });
    }
    return first;
  }
}
