/** What looks found, for the windows and transfers that go on from it. Bounded, for an entry takes some hundred bytes. */

export interface KeptLookLimits {
  readonly looks: number;
  /** Of one session: a window that looks again no longer asks for what it saw before. */
  readonly ofSession: number;
  /** Of all looks together; the newest look stays whatever its size. */
  readonly entries: number;
}

/** As many sessions as are ended at once by many, and twice what one look may find. */
export const keptLookLimits: KeptLookLimits = { looks: 64, ofSession: 4, entries: 100_000 };

interface Kept {
  readonly ref: { readonly accountId: string; readonly sessionId: string };
  readonly loss: { readonly found: readonly unknown[] };
}

export class KeptLooks<T extends Kept> {
  readonly #limits: KeptLookLimits;
  /** Oldest first. */
  readonly #looks = new Map<string, T>();
  #entries = 0;

  constructor(limits: KeptLookLimits = keptLookLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#looks.size;
  }

  get(id: string): T | undefined {
    return this.#looks.get(id);
  }

  add(id: string, look: T): void {
    this.#looks.set(id, look);
    this.#entries += look.loss.found.length;
    const { accountId, sessionId } = look.ref;
    const siblings = [...this.#looks].flatMap(([other, { ref }]) =>
      ref.accountId === accountId && ref.sessionId === sessionId ? [other] : [],
    );
    for (const other of siblings.slice(0, -this.#limits.ofSession)) this.#forget(other);
    for (const other of this.#looks.keys()) {
      if (other === id || (this.#looks.size <= this.#limits.looks && this.#entries <= this.#limits.entries)) return;
      this.#forget(other);
    }
  }

  #forget(id: string): void {
    this.#entries -= this.#looks.get(id)?.loss.found.length ?? 0;
    this.#looks.delete(id);
  }
}
