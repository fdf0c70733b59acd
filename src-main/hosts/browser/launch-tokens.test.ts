import * as crypto from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../base/clock.ts';
import { cookieHeader, hasCookie, newSecret, OneTimeTokens, sameSecret } from './launch-tokens.ts';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});

function clockAt(start: number): Clock & { time: number } {
  return {
    time: start,
    now() {
      return this.time;
    },
    after: () => ({ dispose: () => {} }),
  };
}

describe('OneTimeTokens', () => {
  it('gives tokens of 256 bits, each of which works once', () => {
    const tokens = new OneTimeTokens(clockAt(0));
    const one = tokens.issue(1_000);
    const two = tokens.issue(1_000);
    expect(Buffer.from(one, 'base64url')).toHaveLength(32);
    expect(tokens.redeem(two)).toBe(true);
    expect(tokens.redeem(two)).toBe(false);
    expect(tokens.redeem(one)).toBe(true);
    expect(tokens.redeem('')).toBe(false);
  });

  it('runs out, and a token that ran out is gone', () => {
    const clock = clockAt(0);
    const tokens = new OneTimeTokens(clock);
    const token = tokens.issue(1_000);
    const lasting = tokens.issue(null);
    clock.time = 1_001;
    expect(tokens.redeem(token)).toBe(false);
    clock.time = 500;
    expect(tokens.redeem(token)).toBe(false);
    clock.time = 1e12;
    expect(tokens.redeem(lasting)).toBe(true);
  });

  it('compares with every token in constant time', () => {
    const tokens = new OneTimeTokens(clockAt(0));
    const first = tokens.issue(null);
    for (let index = 0; index < 4; index += 1) tokens.issue(null);
    const compared = vi.mocked(crypto.timingSafeEqual).mockClear();
    expect([tokens.redeem(first), tokens.redeem('x')]).toEqual([true, false]);
    // Of digests: the same length whatever was given.
    expect(compared.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual(Array(5 + 4).fill([32, 32]));
  });

  it('keeps no more than a bounded number', () => {
    const tokens = new OneTimeTokens(clockAt(0));
    const first = tokens.issue(null);
    for (let index = 0; index < 100; index += 1) tokens.issue(null);
    expect(tokens.redeem(first)).toBe(false);
  });
});

describe('cookie', () => {
  it('is found among others of its name', () => {
    const secret = newSecret();
    expect(hasCookie(`a=b; berth=other; berth=${secret}`, secret)).toBe(true);
    expect(hasCookie(`xberth=${secret}`, secret)).toBe(false);
    expect(hasCookie(`berth=${secret}x`, secret)).toBe(false);
    expect(hasCookie(undefined, secret)).toBe(false);
    expect(cookieHeader(secret)).not.toMatch(/domain|expires|max-age/i);
  });

  it('is compared by content', () => {
    expect(sameSecret('a', 'a')).toBe(true);
    expect(sameSecret('a', 'ab')).toBe(false);
  });
});
