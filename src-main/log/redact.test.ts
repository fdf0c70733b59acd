import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logValue } from './log-value.ts';
import { isSecretName, Redactor, redactedMark } from './redact.ts';

describe('Redactor', () => {
  it('takes a known secret out by value, in every usual spelling', () => {
    const redactor = new Redactor();
    const secret = 'pa"ss wörd/+1234';
    redactor.add(secret);
    const texts = [
      secret,
      JSON.stringify({ x: secret }),
      `?x=${encodeURIComponent(secret)}`,
      Buffer.from(secret).toString('base64'),
    ];
    for (const text of texts) {
      const clean = redactor.text(`before ${text} after`);
      expect(clean).toContain(redactedMark);
      expect(clean).not.toContain('1234');
      expect(clean).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
    }
  });

  it('never lets a known secret through, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9.*+?$/\\-]{6,40}$/),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const redactor = new Redactor();
          redactor.add(secret);
          const value = logValue(
            { a: [before + secret + after], [secret]: { b: new Error(secret, { cause: secret }) } },
            redactor,
          );
          const rest = JSON.stringify(value).replaceAll(redactedMark, '');
          expect(
            rest.includes(secret) &&
              !(before + after).includes(secret) &&
              !'message stack name cause Error'.includes(secret),
          ).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves short values alone, which would blot out words', () => {
    const redactor = new Redactor();
    redactor.add('abc');
    expect(redactor.text('abcdef')).toBe('abcdef');
  });

  it('takes out in free text what a label gives away', () => {
    const redactor = new Redactor();
    const cases = [
      'Authorization: BackendAI signMethod=HMAC-SHA256, credential=AK:0123abcd',
      '{"cookie":"berth=0123abcd; x=0123abcd"}',
      'http://x/?token=0123abcd&y=1',
      '"secretKey": "0123abcd"',
      'access_key=0123abcd',
      'password: 0123abcd',
      'http://b-x.localhost:1/enter#0123abcd',
      '-----BEGIN OPENSSH PRIVATE KEY-----\n0123abcd\n-----END OPENSSH PRIVATE KEY-----',
    ];
    for (const text of cases) expect(redactor.text(text), text).not.toContain('0123abcd');
    expect(redactor.text('the session is running at 0123abcd')).toContain('0123abcd');
  });
});

describe('isSecretName', () => {
  it('knows secrets by name', () => {
    for (const name of [
      'authorization',
      'Cookie',
      'set-cookie',
      'accessToken',
      'secret_key',
      'secretKey',
      'password',
      'privateKey',
      'key',
      'api-key',
      'accessKey',
      'passphrase',
    ]) {
      expect(isSecretName(name), name).toBe(true);
    }
    for (const name of ['keyPath', 'hostKeyFingerprint', 'sessionId', 'reason', 'monkey', 'tokens used'])
      expect(isSecretName(name), name).toBe(false);
  });
});

describe('logValue', () => {
  const redactor = new Redactor();

  it('takes out by name at every depth', () => {
    const value = logValue(
      { a: { headers: { authorization: 'x', Cookie: ['y'] }, token: { deep: 'z' }, none: { token: null } } },
      redactor,
    );
    expect(value).toEqual({
      a: { headers: { authorization: redactedMark, Cookie: redactedMark }, token: redactedMark, none: { token: null } },
    });
  });

  it('is bounded for anything, cycles included, and never throws', () => {
    const cycle: Record<string, unknown> = {
      big: 'x'.repeat(100_000),
      bytes: new Uint8Array(10),
      when: new Date(Number.NaN),
      map: new Map([['a', 1]]),
    };
    cycle.self = cycle;
    cycle.list = Array.from({ length: 1_000 }, () => cycle.big);
    expect(JSON.stringify(logValue(cycle, redactor)).length).toBeLessThan(5_000_000);
    fc.assert(
      fc.property(
        fc.anything(),
        (value) =>
          void JSON.stringify(logValue(value, redactor), (_, item) => (typeof item === 'bigint' ? String(item) : item)),
      ),
    );
  });
});
