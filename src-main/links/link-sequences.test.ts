/** Whatever happens, in whatever order: one try at a time, none after a final answer, and up again when all is well. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import type { LinkUse } from './link-use.ts';
import { settle } from './testing/fake-clock.ts';
import { FakeConnection, type FakeLink, fakeLink, lost } from './testing/fake-link.ts';

const outcomes = {
  well: null,
  lost: lost(),
  refused: new BerthError('no-ssh-service', { place: 'container' }),
  hostKey: new BerthError('host-key-changed', { place: 'container' }),
  expired: new BerthError('unauthorised', { place: 'manager', retry: 'user' }),
  noNetwork: new BerthError('offline', { place: 'computer', retry: 'auto', params: { reason: 'no-network' } }),
  never: null,
} as const;
type Outcome = keyof typeof outcomes;

const wait = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.constantFrom(0, 50, 1_000, 7_000, 40_000, 700_000),
});
const outcome = fc.record({
  do: fc.constant('outcome' as const),
  is: fc.constantFrom(...(Object.keys(outcomes) as Outcome[])),
});
const network = fc.record({ do: fc.constant('network' as const), has: fc.boolean() });
const account = fc.record({ do: fc.constant('account' as const), signedIn: fc.boolean() });
const act = fc.record({
  do: fc.constantFrom('use', 'leave', 'ready', 'cut', 'late', 'back', 'retry', 'accept', 'suspend', 'resume'),
});
const step = fc.oneof(
  { weight: 2, arbitrary: wait },
  { weight: 2, arbitrary: outcome },
  { weight: 1, arbitrary: network },
  { weight: 1, arbitrary: account },
  { weight: 6, arbitrary: act },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class Story {
  readonly rig: FakeLink = fakeLink();
  readonly #uses: LinkUse<FakeConnection>[] = [];
  #outcome: Outcome = 'well';
  #open = 0;

  constructor() {
    const { rig } = this;
    rig.answer = () => {
      this.#open += 1;
      const signal = rig.signals.at(-1);
      const ended = (): void => {
        this.#open -= 1;
      };
      const outcome = this.#outcome;
      if (outcome === 'never') {
        signal?.addEventListener('abort', ended, { once: true });
        return new Promise(() => undefined);
      }
      signal?.addEventListener('abort', ended, { once: true });
      return Promise.resolve().then(() => {
        if (!signal?.aborted) ended();
        signal?.removeEventListener('abort', ended);
        const error = outcomes[outcome];
        if (error) throw error;
        const connection = new FakeConnection();
        rig.connections.push(connection);
        return connection;
      });
    };
  }

  get living(): FakeConnection[] {
    return this.rig.connections.filter(({ ended }) => !ended);
  }

  async run(it: Step): Promise<void> {
    const { link, clock, around } = this.rig;
    const before = { tries: this.rig.tries, state: link.state, code: link.value.error?.code };
    if (it.do === 'wait') await clock.advance(it.ms);
    else if (it.do === 'outcome') this.#outcome = it.is;
    else if (it.do === 'network') {
      around.hasNetwork = it.has;
      link.networkChanged();
    } else if (it.do === 'account') {
      around.isSignedIn = it.signedIn;
      if (it.signedIn) link.signedIn();
    } else if (it.do === 'use') this.#uses.push(link.use({ kind: 'terminal' }));
    else if (it.do === 'leave') await this.#uses.pop()?.dispose();
    else if (it.do === 'ready') link.ready(AbortSignal.timeout(1)).catch(() => undefined);
    else if (it.do === 'cut') this.living[0]?.cut();
    else if (it.do === 'late') this.living[0]?.late(2_000);
    else if (it.do === 'back') this.living[0]?.late(null);
    else if (it.do === 'retry') link.retry();
    else if (it.do === 'accept') link.retryWithNewKey();
    else if (it.do === 'suspend') link.suspend();
    else link.resume();
    // Between the steps, one try at a time: counted before anything could settle.
    expect(this.#open).toBeLessThanOrEqual(1);
    await settle();
    this.#check(it, before);
  }

  #check(it: Step, before: { tries: number; state: string; code: string | undefined }): void {
    const { link, clock, tries } = this.rig;
    const { state, nextTryAt, error } = link.value;
    expect(this.#open + this.living.length).toBeLessThanOrEqual(1);
    expect(this.living.length === 1).toBe(link.connection !== null);
    expect(state === 'up' || state === 'degraded').toBe(link.connection !== null);
    // One timer for the next try or for the rest, never a second loop.
    expect(clock.pending).toBeLessThanOrEqual(1);
    if (state === 'up' || state === 'idle') expect(error).toBeUndefined();
    if (state === 'degraded' || state === 'failed' || state.startsWith('waiting') || state === 'signing-in') {
      expect(error).toBeDefined();
    }
    if (nextTryAt !== null) expect(state).toMatch(/^(connecting|degraded|waiting-for-network|signing-in)$/);
    if (before.state === 'failed' && before.code === 'no-ssh-service' && it.do !== 'retry' && it.do !== 'accept') {
      expect(tries).toBe(before.tries);
    }
    if (before.state === 'failed' && before.code === 'host-key-changed' && it.do !== 'accept') {
      expect(tries).toBe(before.tries);
    }
    if (it.do === 'suspend') expect(this.#open + this.living.length).toBe(0);
  }

  /** All is well and somebody wants it. */
  async recovers(): Promise<void> {
    const { link, clock, around } = this.rig;
    this.#outcome = 'well';
    around.hasNetwork = true;
    around.isSignedIn = true;
    const use = link.use({ kind: 'terminal' });
    this.living[0]?.late(null);
    link.resume();
    if (link.state === 'failed') link.retryWithNewKey();
    use.ready().catch(() => undefined);
    // A try that hangs is started over only by what changes; here the network does.
    await clock.advance(2_000);
    link.networkChanged();
    await clock.advance(40_000);
    expect(link.state).toBe('up');
    link.end(new BerthError('session-gone', { place: 'site' }));
    await settle();
    expect(this.#open + this.living.length).toBe(0);
    expect(clock.pending).toBe(0);
  }
}

it('holds through generated stories', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const story = new Story();
      for (const it of steps) await story.run(it);
      await story.recovers();
    }),
    { numRuns: 1_500 },
  );
}, 60_000);
