import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { gatherMs, hurriedBytes, mostQueuedBytes, OutputPump } from './output-pump.ts';

function rig(credit: number) {
  const clock = new FakeClock();
  const state = { credit, sent: [] as Buffer[], paused: false, skipped: [] as { bytes: number; after: number }[] };
  const pump = new OutputPump({
    credit: () => state.credit,
    send: (chunk) => {
      if (chunk.length > state.credit) throw new Error('over credit');
      state.credit -= chunk.length;
      state.sent.push(Buffer.from(chunk));
    },
    skipped: (bytes) => state.skipped.push({ bytes, after: Buffer.concat(state.sent).length }),
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

/** Numbered lines, about so many bytes of them. */
function lines(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: Math.ceil(bytes / 10) }, (_, at) => `${String(at).padStart(9)}\n`).join(''));
}

describe('OutputPump of a shell that does not wait', () => {
  it('does not ask it to, and keeps the newest of what is too much, from the start of a line', () => {
    const { state, pump } = rig(1_000);
    pump.push(lines(500_000));
    expect(state.paused).toBe(true);
    pump.drain(true);
    expect(state.paused).toBe(false);
    const flood = lines(mostQueuedBytes * 3);
    for (let at = 0; at < flood.length; at += 32_768) pump.push(flood.subarray(at, at + 32_768));
    expect(state.paused).toBe(false);
    expect(pump.queuedBytes).toBeLessThanOrEqual(mostQueuedBytes);
    expect(pump.queuedBytes).toBeGreaterThan(mostQueuedBytes / 2 - 32_768);
    expect(state.skipped).toEqual([]);
    state.credit = 100_000_000;
    pump.credited();
    const sent = Buffer.concat(state.sent);
    const all = Buffer.concat([lines(500_000), flood]);
    expect(state.skipped).toEqual([{ bytes: all.length - sent.length, after: 1_000 }]);
    expect(sent.subarray(1_000).equals(all.subarray(all.length - sent.length + 1_000))).toBe(true);
    expect(all[all.length - sent.length + 999]).toBe(10);
  });

  it('keeps only the last of it once the person interrupts, until the window has caught up', () => {
    const { state, pump } = rig(0);
    pump.push(lines(2_000_000));
    pump.hurry();
    expect(pump.queuedBytes).toBe(2_000_000);
    pump.drain(true);
    pump.hurry();
    expect(pump.queuedBytes).toBeLessThanOrEqual(hurriedBytes);
    for (let count = 0; count < 20; count++) pump.push(lines(100_000));
    pump.push(Buffer.from('^C\n$ '));
    expect(pump.queuedBytes).toBeLessThanOrEqual(hurriedBytes);
    state.credit = 10_000_000;
    pump.credited();
    expect(Buffer.concat(state.sent).toString().endsWith('^C\n$ ')).toBe(true);
    state.credit = 0;
    pump.push(lines(1_000_000));
    expect(pump.queuedBytes).toBe(1_000_000);
  });

  it('waits again where the next shell does', () => {
    const { state, pump } = rig(10);
    pump.drain(true);
    pump.push(Buffer.alloc(20));
    expect(state.paused).toBe(false);
    pump.drain(false);
    expect(pump.isPaused).toBe(true);
  });
});

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
