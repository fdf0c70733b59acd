/** Reading a private key of the person's own: what it is, whether it needs a passphrase, whether it opens. */
import { createPrivateKey } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import type { ErrorReason } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';
import { fingerprintOf } from './host-keys.ts';
import { loadSsh2 } from './ssh2-internals.ts';

/** RSA keys of 16,384 bits have some 13 kB. */
const maxKeyBytes = 64 * 1024;

/** A key that opens with what is kept beside it. Secret. */
export interface KeyText {
  readonly text: string;
  readonly passphrase: string | null;
}

export interface KeyLooks {
  /** As SSH names it, e.g. `ssh-ed25519`. */
  readonly type: string;
  /** `SHA256:...` of the public half, as OpenSSH prints it. */
  readonly fingerprint: string;
}

export function keyFileError(reason: ErrorReason<'key-file'>, cause?: unknown): BerthError {
  return new BerthError('key-file', { place: 'computer', retry: 'user', params: { reason }, cause });
}

/** The file's text. Throws BerthError `key-file`. */
export async function readKeyFile(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw keyFileError('unreadable');
      if (facts.size > maxKeyBytes) throw keyFileError('too-large');
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof BerthError ? error : keyFileError('unreadable', error);
  }
}

/** By the form's own mark of it, so that a wrong passphrase can be told from a missing one. */
export function isProtected(text: string): boolean {
  if (/^Proc-Type: *4,ENCRYPTED/m.test(text) || text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) return true;
  const putty = /^Encryption: *(\S+)/m.exec(text);
  if (putty) return putty[1] !== 'none';
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.length < magic.length + 8 || bytes.toString('latin1', 0, magic.length) !== magic) return false;
  const length = bytes.readUInt32BE(magic.length);
  return bytes.toString('latin1', magic.length + 4, magic.length + 4 + length) !== 'none';
}

/** ssh2 knows the forms of SSH; PKCS#8, which other programs write, becomes one of them. */
function asSshForm(text: string, passphrase: string | null): string {
  if (!/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text)) return text;
  const key = createPrivateKey({ key: text, ...(passphrase === null ? {} : { passphrase }) });
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : null;
  return type === null ? text : key.export({ type, format: 'pem' }).toString();
}

/** The key as ssh2 signs with it. Throws BerthError `key-file`. */
export function openKey({ text, passphrase }: KeyText): ParsedKey {
  const isLocked = isProtected(text);
  if (isLocked && passphrase === null) throw keyFileError('passphrase-needed');
  let parsed: ParsedKey | readonly ParsedKey[] | Error;
  try {
    parsed = loadSsh2().ssh2.utils.parseKey(asSshForm(text, passphrase), passphrase ?? undefined);
  } catch (error) {
    parsed = error instanceof Error ? error : new Error(String(error));
  }
  const key: ParsedKey | Error | undefined = Array.isArray(parsed) ? parsed[0] : (parsed as ParsedKey | Error);
  if (key === undefined || key instanceof Error) {
    // Only the second version of PuTTY's form, and only RSA in it, is read here.
    if (/^PuTTY-User-Key-File-/.test(text.trim()) && !/^PuTTY-User-Key-File-2: ssh-rsa/.test(text.trim())) {
      throw keyFileError('putty', key);
    }
    throw keyFileError(isLocked ? 'passphrase-wrong' : 'no-key', key);
  }
  if (!key.isPrivateKey()) throw keyFileError('public');
  return key;
}

export function looksOf(key: ParsedKey): KeyLooks {
  return { type: key.type, fingerprint: fingerprintOf(key.getPublicSSH()) };
}
