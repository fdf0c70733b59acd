/**
 * What Berth remembers of launches between starts: history and usual times a site, half-filled forms an account, and what
 * is to open once a session runs. A plain document without secrets; what cannot be read in it is left out, not fatal.
 */
import { z } from 'zod';
import { AccountId, Instant, SiteId, Uuid } from '../../src-preload/contract/common.ts';
import { LaunchSpec } from '../../src-preload/contract/launch-spec.ts';
import { HistoryEntry, OpensWhenRunning } from '../../src-preload/contract/launches.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { DocumentStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { withoutSecrets } from './recipe-policy.ts';

/** Entries a site that are not pinned. */
export const keptEntries = 50;
/** Images a site whose usual times are kept; the least recent go first. */
const keptImages = 100;
/** A form that is being filled in changes with every key. */
const writeAfterMs = 500;

export const PendingOpening = z.object({
  accountId: AccountId,
  sessionId: Uuid,
  opens: OpensWhenRunning,
  at: Instant,
});
export type PendingOpening = z.infer<typeof PendingOpening>;

const Durations = z.record(z.string(), z.array(z.number().nonnegative()));
type DurationsByImage = Record<string, Record<string, number[]>>;

interface SiteLaunches {
  history: HistoryEntry[];
  durations: DurationsByImage;
}

export class LaunchesBook {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #log: AreaLog;
  readonly #sites = new Map<string, SiteLaunches>();
  readonly #drafts = new Map<string, LaunchSpec>();
  #openings: PendingOpening[] = [];
  #writing: Disposable | null = null;

  constructor(store: DocumentStore, clock: Clock, log: AreaLog) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#load();
  }

  /** Pinned ones first, then newest first. */
  history(siteId: string): HistoryEntry[] {
    return [...this.#site(siteId).history].sort(
      (a, b) => Number(b.pinned) - Number(a.pinned) || b.at.localeCompare(a.at),
    );
  }

  /** The entry that started this session, if it is still kept. */
  entryOf(siteId: string, sessionId: string): HistoryEntry | undefined {
    return this.#site(siteId).history.find((entry) => entry.sessions.some((one) => one.sessionId === sessionId));
  }

  add(siteId: string, entry: HistoryEntry): void {
    const site = this.#site(siteId);
    const all = [{ ...entry, spec: withoutSecrets(entry.spec).spec }, ...site.history];
    const loose = all.filter((one) => !one.pinned).sort((a, b) => b.at.localeCompare(a.at));
    const kept = new Set(loose.slice(0, keptEntries));
    site.history = all.filter((one) => one.pinned || kept.has(one));
    this.#changed();
  }

  /** Nothing happens to an entry that is gone. */
  change(siteId: string, id: string, change: Partial<Pick<HistoryEntry, 'title' | 'pinned'>>): void {
    const site = this.#site(siteId);
    site.history = site.history.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
    this.#changed();
  }

  forget(siteId: string, id: string): void {
    const site = this.#site(siteId);
    site.history = site.history.filter((entry) => entry.id !== id);
    this.#changed();
  }

  durations(siteId: string, image: string): Readonly<Record<string, readonly number[]>> {
    return this.#site(siteId).durations[image] ?? {};
  }

  setDurations(siteId: string, image: string, durations: Record<string, number[]>): void {
    const site = this.#site(siteId);
    const { [image]: _before, ...others } = site.durations;
    site.durations = Object.fromEntries([...Object.entries(others), [image, durations] as const].slice(-keptImages));
    this.#changed();
  }

  draft(accountId: string): LaunchSpec | null {
    return this.#drafts.get(accountId) ?? null;
  }

  keepDraft(accountId: string, spec: LaunchSpec): void {
    this.#drafts.set(accountId, withoutSecrets(spec).spec);
    this.#changed();
  }

  get openings(): readonly PendingOpening[] {
    return this.#openings;
  }

  setOpenings(openings: readonly PendingOpening[]): void {
    this.#openings = [...openings];
    this.#changed();
  }

  forgetAccount(accountId: string): void {
    this.#drafts.delete(accountId);
    this.#openings = this.#openings.filter((one) => one.accountId !== accountId);
    this.#changed();
  }

  /** Writes what waits. */
  dispose(): void {
    if (this.#writing === null) return;
    void this.#writing.dispose();
    this.#write();
  }

  #site(siteId: string): SiteLaunches {
    const known = this.#sites.get(siteId);
    if (known !== undefined) return known;
    const fresh: SiteLaunches = { history: [], durations: {} };
    this.#sites.set(siteId, fresh);
    return fresh;
  }

  #changed(): void {
    this.#writing ??= this.#clock.after(writeAfterMs, () => this.#write());
  }

  #write(): void {
    this.#writing = null;
    try {
      this.#store.write({
        ...this.#store.read(),
        sites: Object.fromEntries(this.#sites),
        drafts: Object.fromEntries(this.#drafts),
        openings: this.#openings,
      });
    } catch (error) {
      // History and drafts are a convenience: a full disk must not stop a launch. They stay in memory.
      this.#log.warn('Launches could not be written down', { file: this.#store.path, error });
    }
  }

  #load(): void {
    const document = this.#store.read();
    for (const [siteId, value] of entriesOf(document.sites)) {
      if (!SiteId.safeParse(siteId).success) continue;
      const { history, durations } = asRecord(value);
      this.#sites.set(siteId, {
        history: listOf(history, HistoryEntry),
        durations: Object.fromEntries(
          entriesOf(durations).flatMap(([image, one]) => {
            const parsed = Durations.safeParse(one);
            return parsed.success ? [[image, parsed.data]] : [];
          }),
        ),
      });
    }
    for (const [accountId, value] of entriesOf(document.drafts)) {
      const parsed = LaunchSpec.safeParse(value);
      if (parsed.success && AccountId.safeParse(accountId).success) this.#drafts.set(accountId, parsed.data);
    }
    this.#openings = listOf(document.openings, PendingOpening);
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function entriesOf(value: unknown): [string, unknown][] {
  return Object.entries(asRecord(value));
}

function listOf<T>(value: unknown, schema: z.ZodType<T>): T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}
