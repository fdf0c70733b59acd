/**
 * Tells a person ahead of a site taking a session away, when one has ended by itself, and when one was saved as an image.
 * Through the operating system
 * where the host can, else through windows. Each message once; taken back when use of the session made it untrue.
 */
import type { Notice, NoticeState } from '../../src-preload/contract/notices.ts';
import type { TaskProgress } from '../../src-preload/contract/session-facts.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Emit, Handlers } from '../handlers.ts';
import type { Host } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { carryOver, deadlinesOf, dueNow, endedByItself, markTold, nextDueAt, type Told } from './notice-policy.ts';
import { endedWords, imageWords, type NoticeLanguage, reclaimWords } from './notice-words.ts';

export interface NoticesServiceOptions {
  readonly sessions: {
    onChanged(listener: (accountId: string, sessions: readonly Session[]) => void): () => void;
  };
  /** Calls back when an account was signed out or removed. */
  readonly onSignedOut: (listener: (accountId: string) => void) => () => void;
  readonly notifications: Host['notifications'];
  readonly clock: Clock;
  readonly emit: Emit;
  readonly log: AreaLog;
  /** Minutes ahead, each one message. */
  readonly leads: () => readonly number[];
  readonly language: () => NoticeLanguage;
}

interface Watched {
  session: Session;
  told: Told[];
}

/** More than this nobody reads; the oldest go. */
const maxNotices = 50;

export class NoticesService {
  readonly #options: NoticesServiceOptions;
  readonly #watched = new Map<string, Watched>();
  /** Families as last seen, also of sessions without deadlines. */
  readonly #families = new Map<string, Session['family']>();
  #notices: Notice[] = [];
  #timer: Disposable | null = null;
  readonly #unsubscribe: readonly (() => void)[];

  constructor(options: NoticesServiceOptions) {
    this.#options = options;
    this.#unsubscribe = [
      options.sessions.onChanged((accountId, sessions) => this.#look(accountId, sessions)),
      options.onSignedOut((accountId) => this.#forget(accountId)),
    ];
  }

  get state(): NoticeState {
    return { notices: [...this.#notices], shownBy: this.#options.notifications === null ? 'window' : 'system' };
  }

  handlers(): Handlers['notices'] {
    return {
      list: async () => this.state,
      dismiss: async ({ id }) => {
        this.#withdraw((notice) => notice.id === id);
        return undefined;
      },
    };
  }

  /** A session was saved as an image, or not; a person went on with something else meanwhile. */
  committed(
    { accountId, sessionId }: { readonly accountId: string; readonly sessionId: string },
    image: { readonly name: string; readonly of: string; readonly state: TaskProgress['state']; readonly said: string },
  ): void {
    const { title, body } = imageWords(this.#options.language(), image);
    const at = new Date(this.#options.clock.now()).toISOString();
    const kind = image.state === 'done' ? 'saved' : 'not-saved';
    // One session may be saved more than once.
    this.#tell({ id: `image/${accountId}/${sessionId}/${at}`, kind, accountId, sessionId, title, body, at });
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    void this.#timer?.dispose();
  }

  /** Nobody who has signed out wants to hear of the sessions that were theirs. */
  #forget(accountId: string): void {
    for (const known of [this.#watched, this.#families]) {
      for (const key of known.keys()) if (key.startsWith(`${accountId}/`)) known.delete(key);
    }
    this.#withdraw((notice) => notice.accountId === accountId);
    this.#tick();
  }

  #look(accountId: string, sessions: readonly Session[]): void {
    const now = this.#options.clock.now();
    for (const session of sessions) {
      const key = `${accountId}/${session.id}`;
      const before = this.#families.get(key);
      this.#families.set(key, session.family);
      const kind = endedByItself(before, session);
      if (kind !== null) this.#tellEnded(accountId, session, kind);
      const told =
        session.family === 'finished' ? [] : carryOver(this.#watched.get(key)?.told ?? [], deadlinesOf(session), now);
      // What was announced no longer comes: it was used, or is over.
      this.#withdraw(
        (notice) =>
          notice.kind === 'reclaim' &&
          notice.accountId === accountId &&
          notice.sessionId === session.id &&
          !told.some(({ check, at, leads }) => leads.length > 0 && notice.id.startsWith(idOf(key, check, at))),
      );
      if (told.length === 0) this.#watched.delete(key);
      else this.#watched.set(key, { session, told });
    }
    this.#tick();
  }

  /** Says what is due and sets the clock for what comes next. */
  #tick(): void {
    const { clock, leads } = this.#options;
    const now = clock.now();
    const minutes = leads();
    let next: number | null = null;
    for (const [key, watched] of this.#watched) {
      watched.told = watched.told.map((told) => {
        const due = dueNow(told, minutes, now);
        const after = due === null ? told : markTold(told, due.lead, minutes);
        if (due !== null) this.#tellReclaim(key, watched.session, due.check, due.at, due.lead, now);
        const nextOfThis = nextDueAt(after, minutes, now);
        if (nextOfThis !== null) next = next === null ? nextOfThis : Math.min(next, nextOfThis);
        return after;
      });
    }
    void this.#timer?.dispose();
    this.#timer = next === null ? null : clock.after(next - now, () => this.#tick());
  }

  #tellReclaim(key: string, session: Session, check: string, at: number, lead: number, now: number): void {
    const [accountId = ''] = key.split('/');
    const { title, body } = reclaimWords(this.#options.language(), { name: session.name, check, at, now });
    const id = `${idOf(key, check, at)}/${lead}`;
    // The shorter lead takes the place of the longer one.
    this.#notices = this.#notices.filter((notice) => !notice.id.startsWith(idOf(key, check, at)));
    this.#tell({ id, kind: 'reclaim', accountId, sessionId: session.id, title, body, at: new Date(now).toISOString() });
  }

  #tellEnded(accountId: string, session: Session, kind: 'ended' | 'failed'): void {
    const { name, statusInfo } = session;
    const { title, body } = endedWords(this.#options.language(), {
      name,
      kind,
      statusInfo,
      reason: kind === 'failed' ? (session.reasons[0] ?? null) : null,
    });
    const at = new Date(this.#options.clock.now()).toISOString();
    this.#tell({ id: `${kind}/${accountId}/${session.id}`, kind, accountId, sessionId: session.id, title, body, at });
  }

  #tell(notice: Notice): void {
    if (this.#notices.some(({ id }) => id === notice.id)) return;
    const { notifications, emit, log } = this.#options;
    this.#notices = [...this.#notices, notice].slice(-maxNotices);
    log.info('Told of a session', { kind: notice.kind, sessionId: notice.sessionId });
    try {
      notifications?.show(notice, () => {
        notifications.showMain();
        emit('notices', 'opened', { accountId: notice.accountId, sessionId: notice.sessionId });
      });
    } catch (error) {
      // No notification service on this desktop; the windows still have the list.
      log.warn('A notification could not be shown', { error: error instanceof BerthError ? error.detail : error });
    }
    emit('notices', 'changed', this.state);
  }

  #withdraw(which: (notice: Notice) => boolean): void {
    const gone = this.#notices.filter(which);
    if (gone.length === 0) return;
    this.#notices = this.#notices.filter((notice) => !which(notice));
    for (const { id } of gone) this.#options.notifications?.withdraw(id);
    this.#options.emit('notices', 'changed', this.state);
  }
}

function idOf(key: string, check: string, at: number): string {
  return `reclaim/${key}/${check}/${Math.round(at / 1000)}`;
}
