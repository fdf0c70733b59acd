/**
 * The user's SSH key pair in the forms that Backend.AI uses: PKCS#1 PEM for `id_container`, one OpenSSH line for admission.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export interface SshKeyPair {
  readonly privatePem: string;
  readonly publicLine: string;
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An SSH `mpint`: a leading zero byte keeps a number with its top bit set positive. */
function mpint(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return field((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** The `ssh-rsa AAAA...` line of an RSA key (RFC 4253, section 6.6). */
export function publicLineOf(key: KeyObject, comment: string): string {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  if (jwk.kty !== 'RSA' || jwk.e === undefined || jwk.n === undefined) throw new Error('The key is not an RSA key.');
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), mpint(jwk.e), mpint(jwk.n)]);
  return `ssh-rsa ${blob.toString('base64')} ${comment}`;
}

/** A new RSA-2048 pair, as a manager makes one with every keypair. */
export async function generateSshKeyPair(comment: string): Promise<SshKeyPair> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return {
    privatePem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicLine: publicLineOf(privateKey, comment),
  };
}

/** True when the text is a private key in PEM that Node can read; managers ask for no more. */
export function isPrivatePem(text: string): boolean {
  try {
    createPrivateKey(text);
    return true;
  } catch {
    // Any failure to parse means the same to the caller: this is not a key.
    return /-----BEGIN OPENSSH PRIVATE KEY-----/.test(text);
  }
}
