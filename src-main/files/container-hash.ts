/** SHA-256 of files, computed where they are, to compare with what arrived. */
import type { SshConnection } from '../links/ssh-connection.ts';
import { inShell } from './look-script.ts';
import { readRemote } from './remote-shell.ts';

const maxAnswerBytes = 64 * 1024 * 1024;

export function zeroEnded(paths: readonly Buffer[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [path, Buffer.alloc(1)]));
}

/** A line of sha256sum; GNU's writes odd names with backslashes and says so by one at the start of the line. */
function readLine(line: Buffer): { name: string; hash: string } | null {
  const isEscaped = line[0] === 0x5c;
  const text = line.toString('latin1').slice(isEscaped ? 1 : 0);
  const match = /^([0-9a-f]{64}) [ *](.*)$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const name = isEscaped
    ? match[2].replace(/\\([\\nr])/g, (_all, it: string) => (it === 'n' ? '\n' : it === 'r' ? '\r' : '\\'))
    : match[2];
  return { name, hash: match[1] };
}

/**
 * The hash of each path, in order; null for one that could not be read. Paths are absolute.
 * @throws BerthError of the connection
 */
export async function hashInContainer(
  connection: SshConnection,
  paths: readonly Buffer[],
  signal: AbortSignal,
): Promise<(string | null)[]> {
  if (paths.length === 0) return [];
  const { output } = await readRemote(connection, inShell('exec 2>/dev/null; LC_ALL=C xargs -0 sha256sum --'), {
    input: zeroEnded(paths),
    signal,
    maxBytes: maxAnswerBytes,
  });
  const hashes = new Map<string, string>();
  for (let from = 0; from < output.length; ) {
    const newline = output.indexOf(0x0a, from);
    const line = readLine(output.subarray(from, newline === -1 ? output.length : newline));
    if (line) hashes.set(line.name, line.hash);
    from = newline === -1 ? output.length : newline + 1;
  }
  const results: (string | null)[] = [];
  for (const path of paths) {
    const hash = hashes.get(path.toString('latin1'));
    // Not every sha256sum writes odd names so that they can be read back: those go one by one, without a name.
    const isOdd = path.includes(0x0a) || path.includes(0x5c) || path.includes(0x0d);
    results.push(hash ?? (isOdd ? await hashOne(connection, path, signal) : null));
  }
  return results;
}

async function hashOne(connection: SshConnection, path: Buffer, signal: AbortSignal): Promise<string | null> {
  const { output } = await readRemote(
    connection,
    inShell(`exec 2>/dev/null; xargs -0 sh -c 'exec sha256sum < "$1"' sh`),
    { input: zeroEnded([path]), signal, maxBytes: maxAnswerBytes },
  );
  return /([0-9a-f]{64}) /.exec(output.toString('latin1'))?.[1] ?? null;
}
