import { describe, expect, it } from 'vitest';
import type { IdleCheck } from '../../src-preload/contract/session-facts.ts';
import { fromNetworkError } from '../backend/network-errors.ts';
import { BerthError } from '../base/berth-error.ts';
import { afterFailure, giveUpAfterMs, idleMinutesFor, siteIdleLimitMs } from './link-policy.ts';

const all = { hasNetwork: true, isSignedIn: true };
const error = (code: BerthError['code'], retry: BerthError['retry'] = 'auto') =>
  new BerthError(code, { place: 'site', retry });
const system = (code: string) => fromNetworkError(Object.assign(new Error(code), { code }), 'lab.example');

describe('after a failure', () => {
  it.each([
    ['ENETUNREACH', 'waiting-for-network'],
    ['ENETDOWN', 'waiting-for-network'],
    ['EAI_AGAIN', 'waiting-for-network'],
    ['ENOTFOUND', 'connecting'],
    ['ECONNREFUSED', 'connecting'],
    ['EHOSTUNREACH', 'connecting'],
    ['ETIMEDOUT', 'connecting'],
  ])('%s of the system means %s', (code, state) => {
    expect(afterFailure(system(code), all, 3, 0, 0.5)).toMatchObject({ kind: 'try', state });
  });

  it('waits without a try of its own where none can help', () => {
    const without = { hasNetwork: false, isSignedIn: false };
    expect(afterFailure(error('tunnel-lost'), without, 0, 0, 0.5)).toEqual({
      kind: 'wait',
      state: 'waiting-for-network',
    });
    for (const code of ['unauthorised', 'signed-out', 'login-elsewhere', 'secrets-locked'] as const) {
      expect(afterFailure(error(code, 'user'), without, 0, 0, 0.5)).toEqual({ kind: 'wait', state: 'signing-in' });
    }
    // The account is being connected at this moment.
    expect(afterFailure(error('signed-out'), without, 0, 0, 0.5)).toMatchObject({ kind: 'try', state: 'signing-in' });
  });

  it('gives up on final answers at once, on others after ten minutes, and never for want of a network', () => {
    for (const code of ['host-key-changed', 'no-ssh-service', 'session-gone', 'key-refused', 'forbidden'] as const) {
      expect(afterFailure(error(code, 'never'), all, 0, 0, 0.5)).toEqual({ kind: 'fail' });
    }
    expect(afterFailure(error('tunnel-lost'), all, 20, giveUpAfterMs, 0.5)).toEqual({ kind: 'fail' });
    expect(afterFailure(error('unauthorised', 'user'), all, 20, giveUpAfterMs, 0.5)).toEqual({ kind: 'fail' });
    expect(afterFailure(system('ENETUNREACH'), all, 20, giveUpAfterMs, 0.5).kind).toBe('try');
  });
});

describe('the time without use', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const check = (leftMs: number | null, name = 'network_timeout', kind: IdleCheck['kind'] = 'expire') => ({
    name,
    endsAt: leftMs === null ? null : new Date(now + leftMs).toISOString(),
    checking: false,
    kind,
    resources: [],
    operator: null,
  });

  it('is below the site’s own limit where that is known, unless the person chose one', () => {
    expect(idleMinutesFor(30, false, null)).toBe(30);
    expect(idleMinutesFor(30, false, 10 * 60_000)).toBe(5);
    expect(idleMinutesFor(30, false, 24 * 3_600_000)).toBe(30);
    expect(idleMinutesFor(30, false, 60_000)).toBe(1);
    expect(idleMinutesFor(45, true, 10 * 60_000)).toBe(45);
  });

  it('takes the largest time that the site told for its limit: before a link is open, part of it is over', () => {
    const limit = (checks: IdleCheck[], seenMs: number | null) => siteIdleLimitMs(checks, seenMs, now);
    expect(limit([], null)).toBeNull();
    expect(limit([check(100_000)], null)).toBe(100_000);
    expect(limit([check(600_000)], 100_000)).toBe(600_000);
    expect(limit([check(20_000)], 600_000)).toBe(600_000);
    expect(limit([check(null)], null)).toBeNull();
    expect(limit([check(-3_000)], null)).toBeNull();
    expect(limit([check(50, 'session_lifetime'), check(50, 'network_timeout', 'grace')], null)).toBeNull();
  });
});
