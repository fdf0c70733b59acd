/**
 * One file of a container into one `.part` file here: goes on where an earlier try ended, counts every byte once, and
 * answers the hash of all of it.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { BerthError } from '../base/berth-error.ts';
import type { Sftp } from '../links/sftp.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { zeroEnded } from './container-hash.ts';
import { inShell } from './look-script.ts';
import { localError } from './place-file.ts';
import { textPath } from './raw-path-policy.ts';
import { runRemote } from './remote-shell.ts';

/** As much as every server answers at once (tunnels reference, section 3.7: raise concurrency rather than size). */
const readBytes = 31_952;
const hashChunkBytes = 1024 * 1024;

export interface Source {
  readonly connection: SshConnection;
  /** Null where SFTP does not work. */
  readonly sftp: Sftp | null;
  readonly signal: AbortSignal;
}

export interface FetchInput {
  readonly path: Buffer;
  readonly bytes: number;
  readonly part: string;
  /** False: what is in the part file belongs to another state of the file. */
  readonly mayResume: boolean;
  readonly readsAtOnce: number;
  /** Bytes more, or fewer when a part was thrown away. */
  onBytes(delta: number): void;
  /** Bytes that an earlier try left. */
  onFound(bytes: number): void;
}

/** Sends each chunk in order. Ends at `until`, or where the file ends. */
async function readFrom(
  source: Source,
  path: Buffer,
  from: number,
  until: number,
  readsAtOnce: number,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const text = textPath(path);
  if (source.sftp && text !== null) await readBySftp(source.sftp, text, from, until, readsAtOnce, source.signal, take);
  else await readByShell(source, path, from, take);
}

async function readBySftp(
  sftp: Sftp,
  path: string,
  from: number,
  until: number,
  readsAtOnce: number,
  signal: AbortSignal,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const handle = await sftp.open(path);
  const flying: Promise<Buffer>[] = [];
  try {
    let asked = from;
    const ask = (): void => {
      while (flying.length < readsAtOnce && asked < until) {
        const length = Math.min(readBytes, until - asked);
        const read = readWhole(sftp, handle, asked, length);
        // Met again below, in order; until then nobody may call it unhandled.
        read.catch(() => undefined);
        flying.push(read);
        asked += length;
      }
    };
    for (ask(); flying.length > 0; ask()) {
      const chunk = await flying.shift();
      if (signal.aborted) throw new BerthError('cancelled', { place: 'computer' });
      if (chunk === undefined || chunk.length === 0) return;
      await take(chunk);
    }
  } finally {
    await Promise.allSettled(flying);
    await sftp.close(handle).catch(() => undefined);
  }
}

/** A server may answer less than was asked for. */
async function readWhole(sftp: Sftp, handle: Buffer, position: number, length: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length);
  let got = await sftp.read(handle, chunk, length, position);
  while (got > 0 && got < length) {
    const rest = Buffer.allocUnsafe(length - got);
    const more = await sftp.read(handle, rest, rest.length, position + got);
    if (more === 0) break;
    rest.copy(chunk, got, 0, more);
    got += more;
  }
  return chunk.subarray(0, got);
}

/** For names that are no UTF-8, which ssh2 cannot ask SFTP for, and where SFTP is broken. */
async function readByShell(
  source: Source,
  path: Buffer,
  from: number,
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const code = `exec 2>/dev/null; printf 'berth-files:\\000'; xargs -0 sh -c 'exec tail -c +${from + 1} < "$1"' sh`;
  const mark = Buffer.from('berth-files:\0', 'latin1');
  let head: Buffer | null = Buffer.alloc(0);
  let writing: Promise<void> = Promise.resolve();
  const exitCode = await runRemote(source.connection, inShell(code), {
    input: zeroEnded([path]),
    signal: source.signal,
    onData: (piece) => {
      let chunk = piece;
      if (head !== null) {
        head = Buffer.concat([head, piece]);
        const at = head.indexOf(mark);
        if (at === -1) return undefined;
        chunk = head.subarray(at + mark.length);
        head = null;
      }
      if (chunk.length > 0) writing = writing.then(() => take(chunk));
      return undefined;
    },
  });
  await writing;
  if (exitCode !== 0) throw new BerthError('file-unreadable', { place: 'container', retry: 'user' });
}

/**
 * Answers the SHA-256 of the whole part file.
 * @throws BerthError `tunnel-lost`, `file-missing`, `file-unreadable`, `file-write`, `no-space`, `cancelled`
 */
export async function fetchFile(source: Source, input: FetchInput): Promise<string> {
  const file = await open(input.part, 'a+').catch((error: unknown) => {
    throw localError(error, input.part);
  });
  try {
    const hash = createHash('sha256');
    let position = await existing(file, input, hash);
    await readFrom(source, input.path, position, input.bytes, input.readsAtOnce, async (chunk) => {
      hash.update(chunk);
      await writeAll(file, chunk, input.part);
      position += chunk.length;
      input.onBytes(chunk.length);
    });
    // What is verified next may be deleted over there: it must be on the disk, not on its way.
    await file.datasync().catch((error: unknown) => {
      throw localError(error, input.part);
    });
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, chunk: Buffer, path: string): Promise<void> {
  try {
    for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
  } catch (error) {
    throw localError(error, path);
  }
}

/** Hashes what an earlier try left; answers its length. */
async function existing(file: FileHandle, input: FetchInput, hash: Hash): Promise<number> {
  const { size } = await file.stat();
  if (size === 0) return 0;
  if (!input.mayResume || size > input.bytes) {
    await file.truncate(0);
    return 0;
  }
  const chunk = Buffer.allocUnsafe(Math.min(hashChunkBytes, size));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - at), at);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  input.onFound(size);
  return size;
}

/** Reads the file once more, for its hash only: where the container cannot hash. */
export async function hashBySecondRead(
  source: Source,
  path: Buffer,
  bytes: number,
  readsAtOnce: number,
): Promise<string> {
  const hash = createHash('sha256');
  await readFrom(source, path, 0, bytes, readsAtOnce, async (chunk) => {
    hash.update(chunk);
  });
  return hash.digest('hex');
}
