/** What Berth offers in the SSH negotiation: AEAD ciphers first, nothing with CBC, SHA-1 or arcfour. */

/** chacha20 stands before the counter modes: dropbear has no GCM, and its counter mode is half as fast. */
const ciphers = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes256-ctr',
] as const;

const macs = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const;

const keyExchanges = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
] as const;

const hostKeys = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

export interface Supported {
  readonly SUPPORTED_KEX: readonly string[];
  readonly SUPPORTED_CIPHER: readonly string[];
  readonly SUPPORTED_MAC: readonly string[];
  readonly SUPPORTED_SERVER_HOST_KEY: readonly string[];
}

/** Naming one that the runtime lacks makes ssh2 throw (Electron's BoringSSL has no chacha20). */
function among<T extends string>(wanted: readonly T[], supported: readonly string[]): T[] {
  return wanted.filter((name) => supported.includes(name));
}

/** SECURITY: the whole offer; a server with weak ones only is refused ('offers nothing weak' in ssh-algorithms.test.ts). */
export function sshAlgorithms(supported: Supported) {
  return {
    kex: among(keyExchanges, supported.SUPPORTED_KEX),
    cipher: among(ciphers, supported.SUPPORTED_CIPHER),
    hmac: among(macs, supported.SUPPORTED_MAC),
    serverHostKey: among(hostKeys, supported.SUPPORTED_SERVER_HOST_KEY),
    compress: ['none' as const],
  };
}
