import { describe, expect, it } from 'vitest';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { HoldGate, Turns } from './hold-gate.ts';

/** Ready when released; stops waiting when told to. */
function latch(): { ready: (signal: AbortSignal) => Promise<void>; release: () => void; fail: () => void } {
  let release = (): void => undefined;
  let fail = (): void => undefined;
  const opened = new Promise<void>((resolve, reject) => {
    release = resolve;
    fail = () => reject(new Error('failed'));
  });
  opened.catch(() => undefined);
  const ready = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      opened.then(resolve, reject);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  return { ready, release, fail };
}

describe('hold gate', () => {
  const gone = new AbortController().signal;

  it('holds so many and no more, and gives each place back', async () => {
    const gate = new HoldGate({ maxHeld: 2, holdMs: 1_000 }, new FakeClock());
    const link = latch();
    const held = [gate.wait(link.ready, gone), gate.wait(link.ready, gone)];
    expect(await gate.wait(link.ready, gone)).toBe('full');
    link.release();
    expect(await Promise.all(held)).toEqual(['ready', 'ready']);
    expect(gate.held).toBe(0);
  });

  it('holds for so long and no longer', async () => {
    const clock = new FakeClock();
    const gate = new HoldGate({ maxHeld: 2, holdMs: 1_000 }, clock);
    const held = gate.wait(latch().ready, gone);
    await clock.advance(999);
    expect(gate.held).toBe(1);
    await clock.advance(1);
    expect(await held).toBe('late');
    expect([gate.held, clock.pending]).toEqual([0, 0]);
  });

  it('lets go of one who left, and tells a link that failed', async () => {
    const clock = new FakeClock();
    const gate = new HoldGate({ maxHeld: 2, holdMs: 1_000 }, clock);
    const leaver = new AbortController();
    const left = gate.wait(latch().ready, leaver.signal);
    leaver.abort();
    const link = latch();
    const failed = gate.wait(link.ready, gone);
    link.fail();
    expect([await left, await failed]).toEqual(['failed', 'failed']);
    expect([gate.held, clock.pending]).toEqual([0, 0]);
  });
});

describe('turns', () => {
  it('come in order, skip who left, and never exceed their number', () => {
    const turns = new Turns(2);
    const started: number[] = [];
    const ends = [0, 1, 2, 3, 4].map((index) => turns.take(() => started.push(index)));
    expect(started).toEqual([0, 1]);
    ends[2]?.();
    ends[0]?.();
    ends[0]?.();
    expect(started).toEqual([0, 1, 3]);
    ends[1]?.();
    ends[3]?.();
    ends[4]?.();
    expect([started, turns.waiting]).toEqual([[0, 1, 3, 4], 0]);
    turns.take(() => started.push(5));
    expect(started).toEqual([0, 1, 3, 4, 5]);
  });
});
