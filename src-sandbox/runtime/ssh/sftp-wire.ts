/**
 * The bytes of SFTP version 3 (draft-ietf-secsh-filexfer-02). File names are bytes: they are kept as latin1 strings, one
 * character a byte, so that names that are no UTF-8 survive.
 */
import type { Stats } from 'node:fs';

export const request = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const;

export const response = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extendedReply: 201,
} as const;

export const status = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;

export const openFlag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;

const attrFlag = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x80000000 } as const;

export interface Attributes {
  size?: number;
  uid?: number;
  gid?: number;
  permissions?: number;
  accessSeconds?: number;
  modifySeconds?: number;
}

/** A message that cannot be read; the connection ends, as with OpenSSH. */
export class SftpFormatError extends Error {
  override readonly name = 'SftpFormatError';
}

/** Reads one message, front to back. @throws SftpFormatError when it is shorter than it says. */
export class MessageReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  private take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new SftpFormatError('SFTP message is shorter than it says');
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  /** @throws SftpFormatError above 2^53. */
  uint64(): number {
    const value = this.take(8).readBigUInt64BE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new SftpFormatError('SFTP offset is beyond any file');
    return Number(value);
  }

  data(): Buffer {
    return this.take(this.uint32());
  }

  name(): string {
    return this.data().toString('latin1');
  }

  attributes(): Attributes {
    const flags = this.uint32();
    const attributes: Attributes = {};
    if (flags & attrFlag.size) attributes.size = this.uint64();
    if (flags & attrFlag.owner) {
      attributes.uid = this.uint32();
      attributes.gid = this.uint32();
    }
    if (flags & attrFlag.permissions) attributes.permissions = this.uint32();
    if (flags & attrFlag.times) {
      attributes.accessSeconds = this.uint32();
      attributes.modifySeconds = this.uint32();
    }
    if ((flags & attrFlag.extended) !== 0) {
      for (let count = this.uint32(); count > 0; count -= 1) {
        this.data();
        this.data();
      }
    }
    return attributes;
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function uint64(value: number | bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function text(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** One message with its length in front. */
export function message(type: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  return Buffer.concat([uint32(length), Buffer.from([type]), ...parts]);
}

export function encodeAttributes(stats: Stats): Buffer {
  return Buffer.concat([
    uint32(attrFlag.size | attrFlag.owner | attrFlag.permissions | attrFlag.times),
    uint64(stats.size),
    uint32(stats.uid),
    uint32(stats.gid),
    uint32(stats.mode),
    uint32(Math.floor(stats.atimeMs / 1000)),
    uint32(Math.floor(stats.mtimeMs / 1000)),
  ]);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The line that `ls -l` would print; the name is appended as bytes by the caller's encoding. */
export function longName(name: string, stats: Stats): string {
  const kind = stats.isDirectory()
    ? 'd'
    : stats.isSymbolicLink()
      ? 'l'
      : stats.isFIFO()
        ? 'p'
        : stats.isSocket()
          ? 's'
          : '-';
  const bits = [...'rwxrwxrwx'].map((letter, index) => (stats.mode & (0o400 >> index) ? letter : '-')).join('');
  const at = stats.mtime;
  const day = String(at.getDate()).padStart(2);
  const recent = Date.now() - at.getTime() < 180 * 24 * 3600 * 1000;
  const clock = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  const when = `${months[at.getMonth()] ?? ''} ${day} ${recent ? clock : String(at.getFullYear()).padStart(5)}`;
  const owner = `${String(stats.uid).padEnd(8)} ${String(stats.gid).padEnd(8)}`;
  return `${kind}${bits} ${String(stats.nlink).padStart(4)} ${owner} ${String(stats.size).padStart(8)} ${when} ${name}`;
}

/** The status that OpenSSH's sftp-server gives for an error of the file system. */
export function statusOf(error: unknown): number {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EBADF':
    case 'ELOOP':
      return status.noSuchFile;
    case 'EPERM':
    case 'EACCES':
    case 'EFAULT':
      return status.permissionDenied;
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return status.badMessage;
    case 'ENOSYS':
      return status.unsupported;
    default:
      return status.failure;
  }
}

/** Cuts a byte stream into messages. */
export class MessageSplitter {
  /** OpenSSH's own limit; a longer message ends the connection. */
  static readonly maxMessageBytes = 256 * 1024;
  private parts: Buffer[] = [];
  private size = 0;

  /** @throws SftpFormatError for a length of 0 or above the limit. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.parts.push(chunk);
    this.size += chunk.length;
    while (this.size >= 4) {
      const whole = this.parts.length === 1 && this.parts[0] ? this.parts[0] : Buffer.concat(this.parts, this.size);
      this.parts = [whole];
      const length = whole.readUInt32BE();
      if (length === 0 || length > MessageSplitter.maxMessageBytes)
        throw new SftpFormatError(`SFTP message of ${length} bytes`);
      if (whole.length < 4 + length) return;
      const rest = whole.subarray(4 + length);
      this.parts = rest.length > 0 ? [rest] : [];
      this.size = rest.length;
      yield whole.subarray(4, 4 + length);
    }
  }
}
