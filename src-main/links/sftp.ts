/**
 * SFTP on a session's link, as promises. ssh2 consumes it synchronously, so the window guard has nothing to do here
 * (toolchain, "Window trap: measured"). Backend.AI's server spawns it through the login shell: a start-up file that
 * prints breaks it (tunnels reference, section 3.7).
 */
import type { Client, SFTPWrapper } from 'ssh2';
import { BerthError } from '../base/berth-error.ts';
import type { Unsubscribe } from '../base/emitter.ts';

/** Reads larger than this are cut by ssh2 for servers other than OpenSSH (tunnels reference, section 3.7). */
export const maxReadBytes = 31_952;
/** A shell that prints before the subsystem starts leaves ssh2 waiting for the rest of a packet. */
const readyWithinMs = 20_000;

export interface SftpEntry {
  readonly name: string;
  readonly attrs: SftpAttrs;
}

export interface SftpAttrs {
  /** Type and permission bits as in stat(2). */
  readonly mode: number;
  readonly size: number;
  /** Seconds. */
  readonly mtime: number;
}

/** Every method throws BerthError: `file-missing`, `file-unreadable`, or `tunnel-lost` when the connection went. */
export interface Sftp {
  realpath(path: string): Promise<string>;
  readdir(path: string): Promise<SftpEntry[]>;
  readlink(path: string): Promise<string>;
  lstat(path: string): Promise<SftpAttrs>;
  open(path: string): Promise<Buffer>;
  /** Bytes read; 0 at the end. */
  read(handle: Buffer, into: Buffer, length: number, position: number): Promise<number>;
  close(handle: Buffer): Promise<void>;
  end(): void;
}

interface Owner {
  readonly isDead: boolean;
  onClose(listener: (error: BerthError) => void): Unsubscribe;
}

const status = { eof: 1, missing: 2, denied: 3 } as const;

function statusOf(error: unknown): number | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'number' ? code : null;
}

function sftpError(error: unknown, path: string): BerthError {
  const code = statusOf(error);
  const detail = error instanceof Error ? error.message.slice(0, 500) : String(error);
  // Without a status it is not the server's answer but the end of the channel.
  if (code === null) return new BerthError('tunnel-lost', { place: 'container', retry: 'auto', detail, cause: error });
  return new BerthError(code === status.missing ? 'file-missing' : 'file-unreadable', {
    place: 'container',
    retry: 'user',
    params: { path },
    detail,
    cause: error,
  });
}

/** Who waits for an answer. All of them are told when the channel closes, and everybody who comes later. */
class Pending {
  readonly #waiting = new Set<(error: BerthError) => void>();
  #closedWith: BerthError | null = null;

  /** False when it is closed: `fail` has been told. */
  add(fail: (error: BerthError) => void): boolean {
    if (this.#closedWith) fail(this.#closedWith);
    else this.#waiting.add(fail);
    return this.#closedWith === null;
  }

  has(fail: (error: BerthError) => void): boolean {
    return this.#waiting.has(fail);
  }

  delete(fail: (error: BerthError) => void): void {
    this.#waiting.delete(fail);
  }

  close(error: BerthError): void {
    if (this.#closedWith) return;
    this.#closedWith = error;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const fail of waiting) fail(error);
  }
}

/** Refused without a word: worth asking once more (session-channels.ts). */
export function isOddRefusal(error: BerthError): boolean {
  return error.code === 'no-sftp' && error.retry === 'auto';
}

export function openSftp(client: Client, owner: Owner): Promise<Sftp> {
  return new Promise((resolve, reject) => {
    const pending = new Pending();
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      pending.delete(refuse);
      act();
    };
    const refuse = (error: BerthError): void =>
      settle(() => {
        forget();
        reject(error);
      });
    const timer = setTimeout(
      () => refuse(new BerthError('no-sftp', { place: 'container', params: { reason: 'silent' } })),
      readyWithinMs,
    );
    // A connection may live for days, and see thousands of these come and go.
    let forget: Unsubscribe = () => undefined;
    pending.add(refuse);
    forget = owner.onClose((error) => pending.close(error));
    if (owner.isDead) return;
    try {
      client.sftp((error, opened) => {
        if (error) {
          if (!pending.has(refuse)) return;
          const cause = owner.isDead ? 'tunnel-lost' : 'no-sftp';
          // With an exit code or a reason the server has said what it means; a mere end may be dropbear's haste.
          const isSaid = statusOf(error) !== null || 'reason' in error;
          refuse(
            new BerthError(cause, {
              place: 'container',
              retry: cause === 'no-sftp' && isSaid ? 'never' : 'auto',
              detail: error.message.slice(0, 500),
              cause: error,
            }),
          );
          return;
        }
        if (!pending.has(refuse)) {
          opened.end();
          return;
        }
        // A later protocol error ends the channel, and with it what is pending.
        opened.on('error', () => undefined);
        opened.on('close', () => {
          forget();
          pending.close(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
        });
        settle(() => resolve(promised(opened, pending)));
      });
    } catch (error) {
      refuse(new BerthError('tunnel-lost', { place: 'container', retry: 'auto', cause: error }));
    }
  });
}

type Done<T> = (error: Error | null | undefined, value: T) => void;

function promised(sftp: SFTPWrapper, pending: Pending): Sftp {
  const call = <T>(path: string, run: (done: Done<T>) => unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      // ssh2 queues what is asked of a closed channel, and never answers.
      if (!pending.add(reject)) return;
      const done: Done<T> = (error, value) => {
        pending.delete(reject);
        if (error) reject(sftpError(error, path));
        else resolve(value);
      };
      try {
        run(done);
      } catch (error) {
        pending.delete(reject);
        reject(sftpError(error, path));
      }
    });
  const attrsOf = (stats: SftpAttrs): SftpAttrs => ({
    mode: stats.mode,
    size: stats.size,
    mtime: stats.mtime,
  });
  return {
    realpath: (path) => call<string>(path, (done) => sftp.realpath(path, done)),
    readdir: async (path) => {
      const list = await call<{ filename: string; attrs: SftpAttrs }[]>(path, (done) =>
        sftp.readdir(path, (error, entries) => done(error, entries)),
      );
      return list.map(({ filename, attrs }) => ({ name: filename, attrs: attrsOf(attrs) }));
    },
    readlink: (path) => call<string>(path, (done) => sftp.readlink(path, done)),
    lstat: async (path) => attrsOf(await call<SftpAttrs>(path, (done) => sftp.lstat(path, done))),
    open: (path) => call<Buffer>(path, (done) => sftp.open(path, 'r', done)),
    read: (handle, into, length, position) =>
      call<number>('', (done) =>
        sftp.read(handle, into, 0, length, position, (error, bytes) => {
          if (error && statusOf(error) === status.eof) done(null, 0);
          else done(error, bytes);
        }),
      ),
    close: (handle) => call<void>('', (done) => sftp.close(handle, (error) => done(error, undefined))),
    end: () => sftp.end(),
  };
}
