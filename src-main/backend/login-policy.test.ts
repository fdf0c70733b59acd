import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthorize, readWebserverLogin } from './login-policy.ts';

const body = (value: unknown) => Buffer.from(JSON.stringify(value));
const refusal = (type: string | null, details: string, more = {}) =>
  body({
    authenticated: false,
    data: { type: type && `https://api.backend.ai/probs/${type}`, title: 'T', details, ...more },
  });

/** What each refusal of the reference means: [status of 26.4 and later, answer, verdict]. */
const refusals: readonly [number, string | null, string, object][] = [
  [401, 'auth-failed', 'User credential mismatch.', { kind: 'refused', error: { code: 'wrong-password' } }],
  [401, 'auth-failed', 'This account needs email verification.', { error: { params: { reason: 'unverified' } } }],
  [401, 'auth-failed', 'No API keypairs found.', { error: { params: { reason: 'no-keypair' } } }],
  [401, 'password-expired', 'Password expired on 2026-01-01.', { kind: 'password-expired' }],
  [409, 'active-login-session-exists', 'x', { kind: 'elsewhere' }],
  [429, 'login-blocked', 'x', { kind: 'refused', error: { code: 'login-blocked' } }],
  [400, 'require-totp-authentication', 'x', { kind: 'code', wrong: false }],
  [400, 'require-totp-registration', 'x', { kind: 'enrolment' }],
  [400, 'rejected-by-hook', 'You must authenticate using Two-Factor Authentication.', { kind: 'code', wrong: false }],
  [400, 'rejected-by-hook', 'OTP not provided', { kind: 'code', wrong: false }],
  [400, 'rejected-by-hook', 'You must register Two-Factor Authentication.', { kind: 'enrolment' }],
  [400, 'rejected-by-hook', 'Not on Sundays.', { kind: 'refused', error: { code: 'refused-by-site' } }],
  [401, null, 'Password expired on 2026-01-01.', { kind: 'password-expired' }],
];

describe('a webserver’s answer', () => {
  it.each(refusals)('%i %s %s', (status, type, details, verdict) => {
    // The same body with a 200 is the same refusal on a site before 26.4.
    for (const at of [200, status]) {
      expect(readWebserverLogin(at, refusal(type, details), false)).toMatchObject(verdict);
    }
  });

  it('takes a second question for the code as a wrong code', () => {
    const again = refusal('require-totp-authentication', 'x');
    expect(readWebserverLogin(200, again, true)).toEqual({ kind: 'code', wrong: true });
    const invalid = refusal('rejected-by-hook', 'Invalid TOTP code provided');
    expect(readWebserverLogin(200, invalid, true)).toEqual({ kind: 'code', wrong: true });
  });

  it('keeps the token of an enrolment', () => {
    const wanted = refusal('require-totp-registration', 'x', { two_factor_registration_token: 't1' });
    expect(readWebserverLogin(200, wanted, false)).toEqual({ kind: 'enrolment', token: 't1' });
  });

  it('lets in', () => {
    const answer = body({ authenticated: true, data: { access_key: 'AK', role: 'user', status: 'active' } });
    expect(readWebserverLogin(200, answer, false)).toMatchObject({ kind: 'in', accessKey: 'AK', secretKey: null });
  });

  it('tells the webserver’s own refusals apart', () => {
    const own = (slug: string) =>
      body({ type: `https://api.backend.ai/probs/${slug}`, title: 'You have already logged in.' });
    expect(readWebserverLogin(400, own('generic-bad-request'), false)).toEqual({ kind: 'already' });
    expect(readWebserverLogin(429, own('too-many-requests'), false)).toMatchObject({
      error: { code: 'login-blocked' },
    });
    expect(readWebserverLogin(502, own('bad-gateway'), false)).toMatchObject({ error: { params: { status: 502 } } });
  });

  it('never throws, and lets nobody in without a word of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.anything(), fc.boolean(), (status, value, codeSent) => {
        const bytes = Buffer.from(JSON.stringify(value) ?? String(value));
        for (const read of [readWebserverLogin, readAuthorize])
          expect(read(status, bytes, codeSent).kind).not.toBe('in');
      }),
    );
  });
});

describe('a manager’s answer', () => {
  it('hands out the keypair, old and new', () => {
    const keys = { access_key: 'AK', secret_key: 'SK', role: 'user', status: 'active' };
    expect(readAuthorize(200, body({ data: keys }), false)).toEqual({
      kind: 'in',
      accessKey: 'AK',
      secretKey: 'SK',
      logoutToken: null,
    });
    const newer = body({ data: { response_type: 'success', ...keys, session_token: 'T' } });
    expect(readAuthorize(200, newer, false)).toMatchObject({ logoutToken: 'T' });
  });

  it('asks for more', () => {
    const wanted = (response_type: string) => body({ data: { response_type, token: 't1' } });
    expect(readAuthorize(200, wanted('REQUIRE_TWO_FACTOR_AUTH'), false)).toEqual({ kind: 'code', wrong: false });
    expect(readAuthorize(200, wanted('REQUIRE_TWO_FACTOR_REGISTRATION'), false)).toEqual({
      kind: 'enrolment',
      token: 't1',
    });
  });

  it.each(refusals.filter(([, type]) => type !== null))('refuses: %i %s %s', (status, type, msg, verdict) => {
    const problem = body({ type: `https://api.backend.ai/probs/${type}`, title: 'T', msg });
    expect(readAuthorize(status, problem, false)).toMatchObject(verdict);
  });
});
