/**
 * A directory as a zip archive, written while it is read: entries are deflated, sizes follow the data. Without the 64-bit
 * extension, so an entry or archive beyond 4 GiB is refused.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, createDeflateRaw } from 'node:zlib';

const limit = 0xffffffff;
/** UTF-8 names; sizes behind the data. */
const nameAndDescriptor = 0x0808;

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly when: number;
  readonly directory: boolean;
}

function dosTime(date: Date): number {
  const day = ((Math.max(1980, date.getFullYear()) - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}

function numbers(...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

function localHeader({ name, when, directory }: Pick<Written, 'name' | 'when' | 'directory'>): Buffer {
  const method = directory ? 0 : 8;
  const head = numbers(
    [4, 0x04034b50],
    [2, 20],
    [2, directory ? 0x0800 : nameAndDescriptor],
    [2, method],
    [4, when],
    [4, 0],
    [4, 0],
    [4, 0],
    [2, name.length],
    [2, 0],
  );
  return Buffer.concat([head, name]);
}

function centralHeader(entry: Written): Buffer {
  const head = numbers(
    [4, 0x02014b50],
    [2, 0x0314],
    [2, 20],
    [2, entry.directory ? 0x0800 : nameAndDescriptor],
    [2, entry.directory ? 0 : 8],
    [4, entry.when],
    [4, entry.crc],
    [4, entry.packed],
    [4, entry.size],
    [2, entry.name.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, ((entry.directory ? 0o40755 : 0o100644) << 16) >>> 0],
    [4, entry.offset],
  );
  return Buffer.concat([head, entry.name]);
}

interface Found {
  readonly path: string;
  readonly name: string;
  readonly directory: boolean;
}

/** Files below a directory and its empty directories, links left out. */
async function* walk(root: string, below: string): AsyncGenerator<Found> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  if (entries.length === 0 && below !== '') yield { path: join(root, below), name: `${below}/`, directory: true };
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, name);
    else if (entry.isFile()) yield { path: join(root, name), name, directory: false };
  }
}

/** The archive's bytes. Throws when something of it is larger than a zip without extensions can hold. */
export async function* zipOf(root: string): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = 0;
  for await (const { path, name: text, directory } of walk(root, '')) {
    const name = Buffer.from(text);
    const when = dosTime((await stat(path)).mtime);
    const head = localHeader({ name, when, directory });
    yield head;
    let [crc, size, packed] = [0, 0, 0];
    if (!directory) {
      const source = createReadStream(path);
      source.on('data', (chunk) => {
        const bytes = Buffer.from(chunk);
        crc = crc32(bytes, crc);
        size += bytes.length;
      });
      const deflate = createDeflateRaw();
      source.once('error', (error) => deflate.destroy(error));
      for await (const chunk of source.pipe(deflate) as AsyncIterable<Buffer>) {
        packed += chunk.length;
        yield chunk;
      }
      if (size > limit || offset > limit) throw new Error(`${text} is too large for an archive.`);
      yield numbers([4, 0x08074b50], [4, crc], [4, packed], [4, size]);
    }
    written.push({ name, crc, packed, size, offset, when, directory });
    offset += head.length + packed + (directory ? 0 : 16);
  }
  const central = Buffer.concat(written.map(centralHeader));
  yield central;
  const count = written.length;
  yield numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, central.length], [4, offset], [2, 0]);
}
