/** One RSA-2048 host key a kernel, as the agents of a site make it (tunnels reference, 3.5). */
import { generateKeyPair } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** @returns the private key as PEM, also written to `host_key` (0600) in the folder for servers that read a file. */
export async function makeHostKey(folder: string): Promise<{ pem: string; path: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const path = join(folder, 'host_key');
  await writeFile(path, privateKey, { mode: 0o600 });
  return { pem: privateKey, path };
}
