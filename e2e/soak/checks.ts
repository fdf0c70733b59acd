/** What a soak found: named checks, each passed or failed with its reason. */

const mostReasons = 15;

export class Checks {
  readonly #results = new Map<string, string[]>();

  /** Names a check; it passes unless something is said against it. */
  expect(name: string): void {
    if (!this.#results.has(name)) this.#results.set(name, []);
  }

  /** Something speaks against a check. */
  fail(name: string, reason: string): void {
    this.expect(name);
    this.#results.get(name)?.push(reason);
  }

  verify(name: string, isTrue: boolean, reason: () => string): void {
    this.expect(name);
    if (!isTrue) this.fail(name, reason());
  }

  get failed(): number {
    return [...this.#results.values()].filter((reasons) => reasons.length > 0).length;
  }

  get passed(): number {
    return this.#results.size - this.failed;
  }

  /** One line a check; of many reasons the first few. */
  lines(): string[] {
    return [...this.#results].flatMap(([name, reasons]) => [
      `${reasons.length === 0 ? 'ok  ' : 'FAIL'} ${name}`,
      ...reasons.slice(0, mostReasons).map((reason) => `       ${reason}`),
      ...(reasons.length > mostReasons ? [`       and ${reasons.length - mostReasons} more`] : []),
    ]);
  }
}

/**
 * How long what was disturbed may take to work again: the longest wait between two tries of a link, a try that hangs in a
 * dead network, the connecting itself, and a machine that does much else. Whoever is back sooner is judged sooner.
 */
export const workAgainMs = 90_000;

/** Something that a soak does all the time, and can stop doing. */
export interface Work {
  readonly name: string;
  /** Once, before anything goes wrong. */
  prepare?(): Promise<void>;
  /** After the warm-up, at rest: fills what is kept and has a bound, so that it does not grow from here on. */
  settle?(): Promise<void>;
  start(): void;
  /** Resolves once nothing of it is under way. */
  stop(): Promise<void>;
  /** After the last fault: it must work now; then what it saw over the whole time. */
  judge(checks: Checks): Promise<void>;
  /** One line of figures. */
  told(): string;
}

export function delay(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Calls `act` until it answers something; the last failure is the reason when it never does. */
export async function eventually<T>(what: string, act: () => Promise<T | null>, timeoutMs: number): Promise<T> {
  const until = Date.now() + timeoutMs;
  let last: unknown = null;
  for (;;) {
    try {
      const answer = await act();
      if (answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until)
      throw new Error(`${what}: not within ${timeoutMs} ms${last === null ? '' : ` (${String(last)})`}`);
    await delay(200);
  }
}
