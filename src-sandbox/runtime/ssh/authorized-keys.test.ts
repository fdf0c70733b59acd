import type { PublicKeyAuthContext } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { testKeys } from '../testing.ts';
import { isAdmitted, parseAuthorizedKeys } from './authorized-keys.ts';

const mine = testKeys().publicLine.trim();
const other = testKeys().publicLine.trim();

describe('parseAuthorizedKeys', () => {
  it('reads keys with options and comments, and ignores the rest', () => {
    const text = [`# ${other}`, '', 'nonsense', `from="10.0.0.0/8",no-pty ${mine} me@here`, 'ssh-rsa AAAA'].join('\n');
    expect(parseAuthorizedKeys(text)).toHaveLength(1);
  });
});

describe('isAdmitted', () => {
  const [key] = parseAuthorizedKeys(mine);
  const [foreign] = parseAuthorizedKeys(other);
  if (!key || !foreign) throw new Error('no keys');
  const context = (data: Buffer, signature?: Buffer) =>
    ({ key: { algo: 'ssh-ed25519', data }, signature, blob: Buffer.from('x') }) as unknown as PublicKeyAuthContext;

  it('answers the question whether a key would do', () => {
    expect(isAdmitted([key], context(key.getPublicSSH()))).toBe(true);
    expect(isAdmitted([key], context(foreign.getPublicSSH()))).toBe(false);
    expect(isAdmitted([], context(key.getPublicSSH()))).toBe(false);
  });

  it('refuses a wrong proof', () => {
    expect(isAdmitted([key], context(key.getPublicSSH(), Buffer.alloc(64)))).toBe(false);
    expect(isAdmitted([key], context(key.getPublicSSH(), Buffer.alloc(0)))).toBe(false);
  });
});
