import { describe, expect, it } from 'vitest';
import { mayTalkTo, permitFor } from './app-proxy-policy.ts';

const url = (text: string): URL => new URL(text);

describe('the permit of an app proxy', () => {
  const setup = url('https://worker.lab:10201/setup?token=t');

  it('stays with its host', () => {
    const line = 'appproxy_permit=abc123; HttpOnly; Max-Age=604800; Path=/; SameSite=Lax; Secure';
    expect(permitFor(setup, ['other=1', line], url('https://worker.lab:10205/lab'))).toEqual({
      ok: true,
      permit: 'abc123',
    });
    expect(permitFor(setup, [line], url('https://evil.example/'))).toEqual({ ok: false, reason: 'foreign' });
    const wide = 'appproxy_permit=abc123; Domain=.apps.lab; Secure';
    expect(permitFor(url('https://apps.lab/setup'), [wide], url('https://x1.apps.lab:10205/'))).toEqual({
      ok: true,
      permit: 'abc123',
    });
    expect(permitFor(setup, [wide], url('https://x1.apps.lab/'))).toEqual({ ok: false, reason: 'foreign' });
    expect(permitFor(url('https://apps.lab/'), [wide], url('https://notapps.lab/'))).toEqual({
      ok: false,
      reason: 'foreign',
    });
    expect(permitFor(setup, [], url('https://worker.lab:10205/'))).toEqual({ ok: true, permit: null });
  });

  it('is one word', () => {
    expect(permitFor(setup, ['appproxy_permit="YWJj=="; HttpOnly'], url('https://worker.lab/'))).toEqual({
      ok: true,
      permit: '"YWJj=="',
    });
    for (const value of ['', 'a b', 'a"b', 'a,b', 'a\\b', '"a', '"']) {
      expect(permitFor(setup, [`appproxy_permit=${value}`], url('https://worker.lab/'))).toEqual({
        ok: true,
        permit: null,
      });
    }
  });

  it('never in the clear', () => {
    const secure = 'appproxy_permit=abc; Secure';
    expect(permitFor(setup, [secure], url('http://worker.lab:10205/'))).toEqual({ ok: false, reason: 'insecure' });
    expect(mayTalkTo(url('https://site'), url('https://worker'))).toBe(true);
    expect(mayTalkTo(url('https://site'), url('http://worker'))).toBe(false);
    expect(mayTalkTo(url('http://site'), url('http://worker'))).toBe(true);
    expect(mayTalkTo(url('http://site'), url('ftp://worker'))).toBe(false);
  });
});
