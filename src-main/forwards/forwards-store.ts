/** What is remembered of forwards: pinned ones, and which local port a target had last. */
import { z } from 'zod';
import { ForwardTarget, Port } from '../../src-preload/contract/forwards.ts';
import type { DocumentStore } from '../hosts/host.ts';

/** The oldest is forgotten beyond this. */
const maxRemembered = 500;

const Pinned = ForwardTarget.extend({ localPort: Port, sessionName: z.string() });
export type Pinned = z.infer<typeof Pinned>;

const Remembered = z.object({ name: z.string(), localPort: Port });
const Kept = z.object({
  pinned: z.array(Pinned.nullable().catch(null)).catch([]),
  remembered: z.array(Remembered).catch([]),
});

/** By the session's name, not its id: the next session of this name is the same thing to its person. */
export interface RememberedTarget {
  readonly accountId: string;
  readonly sessionName: string;
  readonly kernel: string;
  readonly port: number;
}

const nameOf = (it: RememberedTarget): string => JSON.stringify([it.accountId, it.sessionName, it.kernel, it.port]);

export class ForwardsStore {
  readonly #store: DocumentStore;
  readonly #onError: (error: unknown) => void;
  #pinned: readonly Pinned[];
  /** Newest last. */
  #remembered: readonly z.infer<typeof Remembered>[];

  constructor(store: DocumentStore, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
    const kept = Kept.parse({ pinned: [], remembered: [], ...store.read() });
    // One entry that somebody broke must not cost the others.
    this.#pinned = kept.pinned.filter((it) => it !== null);
    this.#remembered = kept.remembered;
  }

  get pinned(): readonly Pinned[] {
    return this.#pinned;
  }

  pin(entries: readonly Pinned[]): void {
    this.#pinned = entries;
    this.#write();
  }

  localPort(target: RememberedTarget): number | null {
    const name = nameOf(target);
    return this.#remembered.find((it) => it.name === name)?.localPort ?? null;
  }

  remember(target: RememberedTarget, localPort: number): void {
    const name = nameOf(target);
    this.#remembered = [...this.#remembered.filter((it) => it.name !== name), { name, localPort }].slice(
      -maxRemembered,
    );
    this.#write();
  }

  #write(): void {
    try {
      this.#store.write({ pinned: this.#pinned, remembered: this.#remembered });
    } catch (error) {
      this.#onError(error);
    }
  }
}
