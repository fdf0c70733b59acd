import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialCreditBytes } from '../../../src-preload/contract/messages.ts';
import { floodBytes, floodFrameMs, leastAheadBytes, mostPieceBytes, ScreenFeed } from './screen-feed.ts';

/** An xterm that parses `rate` bytes a millisecond, and a main process that sends as far as credit goes. */
function rig(rate: number) {
  let now = 0;
  let credit = initialCreditBytes;
  let busy: { readonly until: number; readonly done: () => void } | null = null;
  let timer: { readonly at: number; readonly callback: () => void } | null = null;
  const parsed: Buffer[] = [];
  const feed = new ScreenFeed({
    write: (data, started, done) => {
      if (busy) throw new Error('xterm is at work');
      started();
      busy = {
        until: now + data.byteLength / rate,
        done: () => {
          // As late as it may look at them.
          parsed.push(Buffer.from(data));
          done();
        },
      };
    },
    now: () => now,
    after: (delayMs, callback) => {
      if (timer) throw new Error('one at a time');
      timer = { at: now + delayMs, callback };
      return () => {
        timer = null;
      };
    },
  });
  const advance = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      const next = Math.min(busy?.until ?? Number.POSITIVE_INFINITY, timer?.at ?? Number.POSITIVE_INFINITY);
      if (next > end) break;
      now = Math.max(now, next);
      if (busy && busy.until <= now) {
        const { done } = busy;
        busy = null;
        done();
      } else if (timer && timer.at <= now) {
        const { callback } = timer;
        timer = null;
        callback();
      }
    }
    now = end;
  };
  const send = (bytes: Uint8Array): void => {
    credit -= bytes.byteLength;
    feed.push(bytes, () => {
      credit += bytes.byteLength;
    });
  };
  return { feed, parsed, advance, send, credit: () => credit, parsedBytes: () => Buffer.concat(parsed).length };
}

describe('ScreenFeed', () => {
  it('hands the echo of a key over at once, also right after a little output', () => {
    const { send, parsed, advance } = rig(1_000);
    send(Buffer.alloc(300));
    advance(1);
    send(Buffer.from('x'));
    advance(0.1);
    expect(parsed.map((piece) => piece.length)).toEqual([300, 1]);
  });

  it('gathers a flood, so that it is not drawn for every chunk', () => {
    const { send, parsed, advance } = rig(20_000);
    for (let at = 0; at < 20; at++) {
      send(Buffer.alloc(floodBytes));
      advance(floodFrameMs / 10);
    }
    advance(2 * floodFrameMs);
    expect(Buffer.concat(parsed)).toHaveLength(20 * floodBytes);
    expect(parsed.length).toBeLessThanOrEqual(4);
  });

  it('has no more under way than is parsed in a moment, but always some', () => {
    for (const rate of [500, 3_000]) {
      const { send, advance, credit, parsedBytes } = rig(rate);
      let sent = 0;
      for (let step = 0; step < 2_000; step++) {
        while (credit() >= 32_768) {
          send(Buffer.alloc(32_768));
          sent += 32_768;
        }
        advance(5);
      }
      expect(sent - parsedBytes()).toBeLessThanOrEqual(Math.max(leastAheadBytes, rate * 100));
      // Yet xterm never had to wait.
      expect(parsedBytes()).toBeGreaterThan(rate * 10_000 * 0.9);
      advance(10_000);
      expect(credit()).toBe(initialCreditBytes);
    }
  });

  it('lets all of the credit be used where xterm is fast', () => {
    const { send, advance, credit } = rig(40_000);
    for (let step = 0; step < 200; step++) {
      while (credit() >= 65_536) send(Buffer.alloc(65_536));
      advance(5);
    }
    advance(1_000);
    expect(credit()).toBe(initialCreditBytes);
  });

  it('calls back after all that came before', () => {
    const { feed, send, advance, parsedBytes } = rig(1_000);
    let seen = -1;
    send(Buffer.alloc(50_000));
    send(Buffer.alloc(50_000));
    feed.afterAll(() => {
      seen = parsedBytes();
    });
    expect(seen).toBe(-1);
    advance(1_000);
    expect(seen).toBe(100_000);
  });

  it('loses, doubles and reorders nothing, and gives no credit twice', () => {
    const step = fc.tuple(fc.oneof(fc.nat(100), fc.nat(200_000)), fc.nat(60));
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 40_000 }), fc.array(step, { maxLength: 40 }), (rate, steps) => {
        const { send, parsed, advance, credit } = rig(rate);
        const sent: Buffer[] = [];
        let counter = 0;
        for (const [size, waitMs] of steps) {
          const bytes = Buffer.alloc(Math.min(size, credit()), `${counter++} `);
          if (bytes.length > 0) {
            sent.push(Buffer.from(bytes));
            send(bytes);
          }
          advance(waitMs);
          expect(credit()).toBeLessThanOrEqual(initialCreditBytes);
        }
        advance(1_000_000);
        expect(Buffer.concat(parsed).equals(Buffer.concat(sent))).toBe(true);
        expect(parsed.every((piece) => piece.length <= mostPieceBytes)).toBe(true);
        expect(credit()).toBe(initialCreditBytes);
      }),
      { numRuns: 60 },
    );
  });
});
