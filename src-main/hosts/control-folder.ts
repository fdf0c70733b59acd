/** Where the control channel of a running Berth listens: a name that only its owner can reach. */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with a closing zero. */
const maxSocketPathBytes = 103;

function isOwnFolder(folder: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  // SECURITY: somebody else's folder, or one that others may enter, is not used (instance-lock.test.ts, "newControlAddress").
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

/**
 * A fresh address for a control channel: a Unix socket in a folder of mode 0700, or a named pipe on Windows.
 * The folder is not the data folder, whose path may be too long for a socket.
 */
export function newControlAddress(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const name = randomBytes(9).toString('hex');
  if (platform === 'win32') return `\\\\.\\pipe\\berth-${name}${randomBytes(16).toString('hex')}`;
  const uid = String(process.getuid?.() ?? 0);
  const candidates = [
    ...(env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, 'berth')]),
    join(tmpdir(), `berth-${uid}`),
    join(
      '/tmp',
      `berth-${uid}-${createHash('sha256')
        .update(`${uid}${env.HOME ?? ''}`)
        .digest('hex')
        .slice(0, 8)}`,
    ),
  ];
  for (const folder of candidates) {
    const address = join(folder, `${name}.sock`);
    if (Buffer.byteLength(address) > maxSocketPathBytes) continue;
    try {
      if (isOwnFolder(folder)) return address;
    } catch {
      // Cannot be made (read-only, gone with the login session): the next one may do.
    }
  }
  throw new Error(`There is no private folder for the control channel; tried ${candidates.join(', ')}`);
}
