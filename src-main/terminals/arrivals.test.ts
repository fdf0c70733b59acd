import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { Arrivals, askEveryMs } from './arrivals.ts';

/** A link whose answers come when the test says. */
function link() {
  const asked: (() => void)[] = [];
  return { asked, confirm: (answered: () => void) => void asked.push(answered) };
}

describe('arrivals', () => {
  let clock: FakeClock;
  let told: number[];
  let arrivals: Arrivals;
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    arrivals = new Arrivals((bytes) => told.push(bytes), clock);
  });

  it('an answer proves what was sent before its question, and nothing after', async () => {
    const one = link();
    arrivals.over(one);
    arrivals.sent(arrivals.received(3));
    arrivals.sent(arrivals.received(4));
    expect(one.asked).toHaveLength(1);
    one.asked[0]?.();
    expect(told).toEqual([3]);
    // The rest is asked about by itself, but not at once.
    expect(one.asked).toHaveLength(1);
    await clock.advance(askEveryMs);
    expect(one.asked).toHaveLength(2);
    one.asked[1]?.();
    expect(told).toEqual([3, 7]);
    await clock.advance(10 * askEveryMs);
    expect(one.asked).toHaveLength(2);
  });

  it('what waits for room on the link is not asked about', async () => {
    const one = link();
    arrivals.over(one);
    arrivals.received(5);
    await clock.advance(10 * askEveryMs);
    expect(one.asked).toEqual([]);
  });

  it('no answer of another link, nor one on another link, proves what a lost one had', async () => {
    const [one, two] = [link(), link()];
    arrivals.over(one);
    arrivals.sent(arrivals.received(3));
    arrivals.over(null);
    one.asked[0]?.();
    arrivals.over(two);
    await clock.advance(10 * askEveryMs);
    expect(two.asked).toEqual([]);
    expect(told).toEqual([]);
    arrivals.sent(arrivals.received(2));
    two.asked[0]?.();
    expect(told).toEqual([5]);
  });

  it('the same link, attached anew, goes on; another window counts from its own beginning', async () => {
    const one = link();
    arrivals.over(one);
    arrivals.sent(arrivals.received(3));
    arrivals.over(one);
    one.asked[0]?.();
    expect(told).toEqual([3]);
    arrivals.restart();
    await clock.advance(askEveryMs);
    arrivals.sent(arrivals.received(1));
    one.asked[1]?.();
    expect(told).toEqual([3, 1]);
  });
});
