import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { gatherMs, OutputPump } from './output-pump.ts';

function rig(credit: number) {
  const clock = new FakeClock();
  const state = { credit, sent: [] as Buffer[], paused: false };
  const pump = new OutputPump({
    credit: () => state.credit,
    send: (chunk) => {
      if (chunk.length > state.credit) throw new Error('over credit');
      state.credit -= chunk.length;
      state.sent.push(Buffer.from(chunk));
    },
    pause: () => {
      state.paused = true;
    },
    resume: () => {
      state.paused = false;
    },
    clock,
  });
  return { clock, state, pump };
}

describe('OutputPump', () => {
  it('sends the echo of a key at once', () => {
    const { state, pump } = rig(1000);
    pump.push(Buffer.from('x'));
    expect(state.sent.map(String)).toEqual(['x']);
  });

  it('gathers what follows for a frame', async () => {
    const { clock, state, pump } = rig(1000);
    for (const text of ['a', 'b', 'c']) pump.push(Buffer.from(text));
    expect(state.sent.map(String)).toEqual(['a']);
    await clock.advance(gatherMs);
    expect(state.sent.map(String)).toEqual(['a', 'bc']);
  });

  it('goes on gathering when the window gives back credit that it did not lack', async () => {
    const { clock, state, pump } = rig(1000);
    for (const text of ['a', 'b', 'c']) {
      pump.push(Buffer.from(text));
      state.credit += 1;
      pump.credited();
    }
    expect(state.sent.map(String)).toEqual(['a']);
    await clock.advance(gatherMs);
    expect(state.sent.map(String)).toEqual(['a', 'bc']);
  });

  it('does not wait with much, and sends it in whole pieces', async () => {
    const { clock, state, pump } = rig(1_000_000);
    const sizes = () => state.sent.map((chunk) => chunk.length);
    pump.push(Buffer.from('x'));
    pump.push(Buffer.alloc(70_000));
    expect(sizes()).toEqual([1, 65_536]);
    pump.push(Buffer.alloc(70_000));
    expect(sizes()).toEqual([1, 65_536, 65_536]);
    await clock.advance(gatherMs);
    expect(sizes()).toEqual([1, 65_536, 65_536, 140_000 - 2 * 65_536]);
  });

  it('pauses the shell without credit and goes on with it', () => {
    const { state, pump } = rig(10);
    pump.push(Buffer.alloc(25, 1));
    expect(state.paused).toBe(true);
    expect(state.credit).toBe(0);
    state.credit = 10;
    pump.credited();
    expect(state.paused).toBe(true);
    state.credit = 10;
    let empty = false;
    pump.whenEmpty(() => {
      empty = true;
    });
    expect(empty).toBe(true);
    expect(state.paused).toBe(false);
    expect(state.sent.map((chunk) => chunk.length)).toEqual([10, 10, 5]);
  });

  it('takes what comes after a wait for credit for no echo', async () => {
    const { clock, state, pump } = rig(10);
    pump.push(Buffer.alloc(20));
    await clock.advance(10 * gatherMs);
    state.credit = 1_000;
    pump.credited();
    pump.push(Buffer.from('a'));
    pump.push(Buffer.from('b'));
    await clock.advance(gatherMs);
    expect(state.sent.map((chunk) => chunk.length)).toEqual([10, 10, 2]);
  });

  it('loses and reorders nothing, whatever the sizes and credits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(40), fc.nat(30), fc.nat(20)), { maxLength: 30 }), async (steps) => {
        const { clock, state, pump } = rig(0);
        const pushed: Buffer[] = [];
        let counter = 0;
        for (const [size, credit, waitMs] of steps) {
          const chunk = Buffer.from(Array.from({ length: size }, () => counter++ & 255));
          pushed.push(chunk);
          pump.push(chunk);
          state.credit += credit;
          if (credit % 2) pump.credited();
          await clock.advance(waitMs);
        }
        state.credit = 1_000_000;
        pump.flush();
        expect(Buffer.concat(state.sent).equals(Buffer.concat(pushed))).toBe(true);
        expect(pump.queuedBytes).toBe(0);
        expect(state.paused).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
