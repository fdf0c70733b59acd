/**
 * Writes small uncompressed tar archives (ustar), as an agent answers a download.
 */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const blockSize = 512;

function header(name: string, size: number, mode: number, mtimeMs: number, type: '0' | '5'): Buffer {
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, digits: number): string => `${Math.floor(value).toString(8).padStart(digits, '0')}\0`;
  // Names beyond 100 bytes go into the prefix field when they can be cut at a slash; beyond that they are cut short.
  const cut = Buffer.byteLength(name) > 100 ? name.indexOf('/', name.length - 100) : -1;
  block.write(cut > 0 ? name.slice(cut + 1) : name, 0, 100, 'utf8');
  block.write(octal(mode & 0o7777, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(mtimeMs / 1000, 11), 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257, 'latin1');
  if (cut > 0) block.write(name.slice(0, cut), 345, 155, 'utf8');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Thrown when an archive would be larger than its limit. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

async function collect(path: string, name: string, limitBytes: number, blocks: Buffer[]): Promise<number> {
  const info = await lstat(path);
  if (info.isDirectory()) {
    blocks.push(header(`${name}/`, 0, info.mode, info.mtimeMs, '5'));
    let size = 0;
    for (const entry of (await readdir(path)).sort()) {
      size += await collect(join(path, entry), `${name}/${entry}`, limitBytes - size, blocks);
    }
    return size;
  }
  // Links, sockets and devices are left out: following them could leave the home.
  if (!info.isFile()) return 0;
  if (info.size > limitBytes) throw new TooLargeError(`${name} is larger than the limit of a download.`);
  const bytes = await readFile(path);
  blocks.push(header(name, bytes.length, info.mode, info.mtimeMs, '0'), bytes);
  const rest = bytes.length % blockSize;
  if (rest > 0) blocks.push(Buffer.alloc(blockSize - rest));
  return bytes.length;
}

/** A tar of a file or of a directory and all below it. Throws {@link TooLargeError}, or what the file system says. */
export async function tarOf(path: string, limitBytes: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  await collect(path, basename(path), limitBytes, blocks);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}
