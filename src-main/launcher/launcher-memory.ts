/** Environments that a person keeps at the top, and those launched last, by account; in a document of their own. */
import { z } from 'zod';
import type { DocumentStore } from '../hosts/host.ts';

/** Enough to find again what one works with this week. */
const mostRecent = 5;
const mostPinned = 50;

const Remembered = z.object({
  pinned: z.array(z.string()).catch([]),
  recent: z.array(z.string()).catch([]),
});
type Remembered = z.infer<typeof Remembered>;
const nothing: Remembered = { pinned: [], recent: [] };

export class LauncherMemory {
  readonly #store: DocumentStore;

  /** @param store the document named `launcher` */
  constructor(store: DocumentStore) {
    this.#store = store;
  }

  of(accountId: string): Remembered {
    return this.#all()[accountId] ?? nothing;
  }

  pin(accountId: string, environmentId: string, pinned: boolean): void {
    const { pinned: before, recent } = this.of(accountId);
    const others = before.filter((id) => id !== environmentId);
    this.#write(accountId, { recent, pinned: (pinned ? [...others, environmentId] : others).slice(-mostPinned) });
  }

  used(accountId: string, environmentId: string): void {
    const { pinned, recent } = this.of(accountId);
    const others = recent.filter((id) => id !== environmentId);
    this.#write(accountId, { pinned, recent: [environmentId, ...others].slice(0, mostRecent) });
  }

  #all(): Record<string, Remembered> {
    const parsed = z.object({ accounts: z.record(z.string(), Remembered).catch({}) }).safeParse(this.#store.read());
    return parsed.success ? parsed.data.accounts : {};
  }

  #write(accountId: string, remembered: Remembered): void {
    this.#store.write({ ...this.#store.read(), accounts: { ...this.#all(), [accountId]: remembered } });
  }
}
