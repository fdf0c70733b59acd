/** Reads `authorized_keys` and checks a login against it. */
import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedKey, PublicKeyAuthContext } from 'ssh2';
import ssh2 from 'ssh2';

const keyTypes = /(?:^|\s)((?:ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521))\s+[A-Za-z0-9+/]+={0,3})/;

/** The keys of the file's lines; options in front of a key are skipped, lines that are no key are ignored. */
export function parseAuthorizedKeys(text: string): ParsedKey[] {
  const keys: ParsedKey[] = [];
  for (const line of text.split('\n')) {
    if (line.trimStart().startsWith('#')) continue;
    const key = keyTypes.exec(line)?.[1];
    if (!key) continue;
    const parsed = ssh2.utils.parseKey(key);
    if (!(parsed instanceof Error)) keys.push(...(Array.isArray(parsed) ? parsed : [parsed]));
  }
  return keys;
}

/** Whether the key is admitted, and where the client proved to hold it, whether the proof is right. */
export function isAdmitted(keys: readonly ParsedKey[], context: PublicKeyAuthContext): boolean {
  const offered = context.key.data;
  const key = keys.find((one) => {
    const known = one.getPublicSSH();
    return known.length === offered.length && timingSafeEqual(known, offered);
  });
  if (!key) return false;
  // Without a signature the client only asks whether this key would do.
  if (!context.signature) return true;
  // SECURITY: the signature is what proves the key (builtin.itest.ts, "cannot sign with").
  return context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/** Read at each login, so that a person can add keys while the session runs. */
export async function readAuthorizedKeys(home: string): Promise<ParsedKey[]> {
  // No such file means that nobody is admitted.
  return parseAuthorizedKeys(await readFile(join(home, '.ssh', 'authorized_keys'), 'utf8').catch(() => ''));
}
