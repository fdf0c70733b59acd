import { describe, expect, it } from 'vitest';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { EntryTokens, entryTokenLifeMs } from './entry-tokens.ts';

describe('entry tokens', () => {
  it('are 256 bits and differ', () => {
    const tokens = new EntryTokens(new FakeClock());
    const issued = new Set(Array.from({ length: 100 }, () => tokens.issue('a')));
    expect(issued.size).toBe(100);
    for (const token of issued) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('works once', () => {
    const tokens = new EntryTokens(new FakeClock());
    const token = tokens.issue('a');
    expect(tokens.redeem('a', `${token}x`)).toBe(false);
    expect(tokens.redeem('a', '')).toBe(false);
    expect(tokens.redeem('a', token)).toBe(true);
    expect(tokens.redeem('a', token)).toBe(false);
  });

  it('belongs to one host', () => {
    const tokens = new EntryTokens(new FakeClock());
    const token = tokens.issue('a');
    expect(tokens.redeem('b', token)).toBe(false);
    expect(tokens.redeem('a', token)).toBe(false);
    const other = tokens.issue('a');
    tokens.forget('a');
    expect(tokens.redeem('a', other)).toBe(false);
  });

  it('expires after a minute', async () => {
    const clock = new FakeClock();
    const tokens = new EntryTokens(clock);
    const inTime = tokens.issue('a');
    const late = tokens.issue('a');
    await clock.advance(entryTokenLifeMs - 1);
    expect(tokens.redeem('a', inTime)).toBe(true);
    await clock.advance(1);
    expect(tokens.redeem('a', late)).toBe(false);
  });
});
