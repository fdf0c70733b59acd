/** Signing with a session's key, for other programs that may use the key but not have it. */
import { createRequire } from 'node:module';
import { BerthError } from '../base/berth-error.ts';
import { loadSsh2 } from './ssh2-internals.ts';

/** A private key that can be asked to sign. */
export interface KeySigner {
  /** The public half as SSH sends it. */
  readonly publicBlob: Buffer;
  /** The public half as one line of a `.pub` file, without a comment. */
  readonly publicLine: string;
  /**
   * The signature as SSH sends it: algorithm and value.
   * @param rsaHash for RSA keys only, which sign with SHA-2 alone; null for it, where the asker named none
   */
  sign(data: Buffer, rsaHash: 'sha256' | 'sha512' | null): Buffer | null;
}

interface SshUtils {
  convertSignature(signature: Buffer, keyType: string): Buffer | undefined;
}

const rsaNames = { sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' } as const;

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** @throws BerthError `key-missing` when the text is no private key that can be used without a passphrase */
export function signerOf(privateKey: string): KeySigner {
  const { ssh2 } = loadSsh2();
  const utils: SshUtils = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js');
  const parsed = ssh2.utils.parseKey(privateKey);
  const key = parsed instanceof Error ? null : Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key?.isPrivateKey()) throw new BerthError('key-missing', { place: 'container', retry: 'user', cause: parsed });
  const publicBlob = key.getPublicSSH();
  return {
    publicBlob,
    publicLine: `${key.type} ${publicBlob.toString('base64')}`,
    sign(data, rsaHash) {
      const isRsa = key.type === 'ssh-rsa';
      // Old clients ask for SHA-1, which no container's server needs.
      if (isRsa && rsaHash === null) return null;
      const raw = key.sign(data, isRsa ? (rsaHash ?? undefined) : undefined) as Buffer | Error;
      if (raw instanceof Error) return null;
      const value = utils.convertSignature(raw, key.type);
      const name = isRsa && rsaHash !== null ? rsaNames[rsaHash] : key.type;
      return value ? Buffer.concat([sshString(Buffer.from(name)), sshString(value)]) : null;
    },
  };
}
