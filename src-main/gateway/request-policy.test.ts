import * as crypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cookieName, hostOf, judge, type RequestFacts, sameSecret } from './request-policy.ts';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});
afterEach(() => vi.mocked(crypto.timingSafeEqual).mockClear());

const place = { origin: 'http://abc.localhost:4000', cookieValue: 'right' };
const cookie = `${cookieName}=right`;

function verdict(facts: Partial<RequestFacts>): string {
  const result = judge(place, {
    method: 'GET',
    isUpgrade: false,
    path: '/',
    origin: undefined,
    cookie,
    fetchSite: 'same-origin',
    fetchMode: undefined,
    fetchDest: undefined,
    ...facts,
  });
  return result.ok ? 'ok' : result.reason;
}

describe('request policy', () => {
  it('wants the cookie', () => {
    expect(verdict({})).toBe('ok');
    expect(verdict({ cookie: undefined })).toBe('no-cookie');
    expect(verdict({ cookie: '' })).toBe('no-cookie');
    expect(verdict({ cookie: `${cookieName}=wrong` })).toBe('no-cookie');
    expect(verdict({ cookie: `${cookieName}=righ` })).toBe('no-cookie');
    expect(verdict({ cookie: `x${cookieName}=right` })).toBe('no-cookie');
    expect(verdict({ cookie: `a=b; ${cookieName}=wrong; ${cookie}` })).toBe('ok');
    expect(verdict({ cookie: undefined, path: '/.berth/state' })).toBe('no-cookie');
    expect(verdict({ cookie: undefined, path: '/.berth/retry' })).toBe('no-cookie');
    expect(verdict({ cookie: undefined, path: '/.berth/enter' })).toBe('ok');
    expect(verdict({ cookie: undefined, path: '/.berth/page.js' })).toBe('ok');
    expect(verdict({ cookie: undefined, path: '/.berth/enter/' })).toBe('no-cookie');
  });

  it('refuses cross-site requests', () => {
    for (const fetchSite of ['cross-site', 'same-site', 'cross-site, same-origin', 'Same-Origin ', '']) {
      expect(verdict({ fetchSite })).toBe('cross-site');
      expect(verdict({ fetchSite, fetchMode: 'no-cors', fetchDest: 'image' })).toBe('cross-site');
      expect(verdict({ fetchSite, fetchMode: 'navigate', fetchDest: 'iframe' })).toBe('cross-site');
      expect(verdict({ fetchSite, fetchMode: 'navigate', fetchDest: 'document', method: 'POST' })).toBe('cross-site');
      expect(verdict({ fetchSite, fetchMode: 'websocket', isUpgrade: true, origin: place.origin })).toBe('cross-site');
      expect(verdict({ fetchSite, fetchMode: 'navigate', fetchDest: 'document' })).toBe('ok');
    }
    expect(verdict({ fetchSite: 'none', fetchMode: 'navigate', fetchDest: 'document' })).toBe('ok');
    expect(verdict({ fetchSite: undefined })).toBe('ok');
  });

  it('wants the exact Origin', () => {
    for (const origin of [
      'http://evil.localhost:4000',
      'http://abc.localhost:4001',
      'http://abc.localhost',
      'https://abc.localhost:4000',
      'http://abc.localhost:4000.evil.example',
      'null',
      '',
    ]) {
      expect(verdict({ origin }), origin).toBe('foreign-origin');
      expect(verdict({ origin, method: 'POST' }), origin).toBe('foreign-origin');
      expect(verdict({ origin, isUpgrade: true }), origin).toBe('foreign-origin');
    }
    expect(verdict({ origin: place.origin, method: 'POST' })).toBe('ok');
    expect(verdict({ origin: place.origin, isUpgrade: true, fetchSite: undefined })).toBe('ok');
  });

  it('wants an Origin where something changes', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'get']) {
      expect(verdict({ method, fetchSite: undefined }), method).toBe('no-origin');
      expect(verdict({ method, fetchSite: 'none' }), method).toBe('no-origin');
      expect(verdict({ method, fetchSite: 'same-origin' }), method).toBe('ok');
    }
    expect(verdict({ isUpgrade: true })).toBe('no-origin');
    expect(verdict({ path: '/.berth/enter', method: 'POST', cookie: undefined, fetchSite: undefined })).toBe(
      'no-origin',
    );
  });

  it('compares secrets in constant time', () => {
    expect([sameSecret('right', 'right'), sameSecret('x', 'right'), sameSecret('', 'right')]).toEqual([
      true,
      false,
      false,
    ]);
    // Of digests: the same length whatever was given.
    expect(vi.mocked(crypto.timingSafeEqual).mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
  });

  it('reads one Host header or none', () => {
    expect(hostOf(['Accept', '*/*', 'Host', 'a:1'])).toBe('a:1');
    expect(hostOf(['HOST', 'a:1'])).toBe('a:1');
    expect(hostOf(['Host', 'a:1', 'host', 'a:1'])).toBeNull();
    expect(hostOf([])).toBeNull();
  });
});
