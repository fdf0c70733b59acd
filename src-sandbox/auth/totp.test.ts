/**
 * One-time codes against the vectors of RFC 6238, appendix B (their last six digits).
 */
import { describe, expect, it } from 'vitest';
import { isTotpCode, newTotpSecret, totpCode } from './totp.ts';

/** `12345678901234567890` in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('one-time code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %d is %s', (second, code) => {
    expect(totpCode(secret, second * 1000)).toBe(code);
  });

  it('is taken one step early or late, not two', () => {
    const own = newTotpSecret();
    const code = totpCode(own, 600_000);
    expect([570_000, 600_000, 630_000].every((at) => isTotpCode(own, code, at))).toBe(true);
    expect(isTotpCode(own, code, 600_000 + 60_000) && isTotpCode(own, code, 600_000 - 60_000)).toBe(false);
  });
});
