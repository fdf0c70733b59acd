import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { UploadSource } from '../api/storage-api.ts';
import { type Fault, type StorageDouble, storageDouble } from './storage-double.ts';

const folder = { id: '0d5c6a1b-2c3d-4e5f-6071-8293a4b5c6d7', name: 'data' };
const mebibyte = 2 ** 20;
let site: StorageDouble | null = null;
afterEach(() => site?.close());

function sourceOf(data: Buffer, chunk = 300_000): UploadSource & { opened: number[]; read: number } {
  const source = {
    bytes: data.byteLength,
    opened: [] as number[],
    read: 0,
    async *open(offset: number) {
      source.opened.push(offset);
      for (let at = offset; at < data.byteLength; at += chunk) {
        const part = data.subarray(at, Math.min(data.byteLength, at + chunk));
        source.read += part.byteLength;
        yield part;
      }
    },
  };
  return source;
}

const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

describe.each([
  ['a proxy that checks offsets', true],
  ['a proxy that appends whatever comes', false],
])('upload to %s', (_name, strict) => {
  it('sends one piece after another, growing, and tells how far it is', async () => {
    site = await storageDouble(strict);
    const data = randomBytes(5 * mebibyte + 17);
    const progress: number[] = [];
    await site.api.upload(folder, 'dir/a.bin', sourceOf(data), { onProgress: (bytes) => progress.push(bytes) });
    expect(hash(site.files.get('dir/a.bin') ?? Buffer.alloc(0))).toBe(hash(data));
    expect(progress).toEqual([mebibyte, 3 * mebibyte, data.byteLength]);
    expect(site.requests).toEqual(['PATCH 0', `PATCH ${mebibyte}`, `PATCH ${3 * mebibyte}`]);
  });

  it('makes an empty file with one empty piece', async () => {
    site = await storageDouble(strict);
    await site.api.upload(folder, 'empty', sourceOf(Buffer.alloc(0)));
    expect(site.files.get('empty')?.byteLength).toBe(0);
    expect(site.requests).toEqual(['PATCH 0']);
  });

  it('asks before it sends again, and doubles or loses nothing', async () => {
    site = await storageDouble(strict);
    site.faults = [{ kind: 'cut', bytes: 1000 }, { kind: 'mute' }, { kind: 'busy' }];
    const data = randomBytes(3 * mebibyte);
    await site.api.upload(folder, 'b.bin', sourceOf(data));
    expect(hash(site.files.get('b.bin') ?? Buffer.alloc(0))).toBe(hash(data));
    const patches = site.requests.flatMap((line, index) => (line.startsWith('PATCH') ? [index] : []));
    // After each of the three faults: two questions that agree, then the next piece.
    expect(site.requests.slice(patches[0], (patches[1] ?? 0) + 1)).toEqual(['PATCH 0', 'HEAD', 'HEAD', 'PATCH 1000']);
    expect(site.parallel).toBe(1);
  });

  it('takes a forgotten upload for done only when the file is there', async () => {
    site = await storageDouble(strict);
    const data = randomBytes(1000);
    site.faults = [{ kind: 'mute' }];
    await site.api.upload(folder, 'c.bin', sourceOf(data));
    expect(site.files.get('c.bin')).toEqual(data);
  });

  it('keeps every byte through any breaks', async () => {
    const fault: fc.Arbitrary<Fault> = fc.oneof(
      fc.record({ kind: fc.constant('cut'), bytes: fc.integer({ min: 1, max: mebibyte }) }),
      fc.constant({ kind: 'mute' } as const),
      fc.constant({ kind: 'busy' } as const),
      fc.constant({ kind: 'none' } as const),
    );
    const server = await storageDouble(strict);
    site = server;
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 6 }),
        fc.integer({ min: 0, max: 2 * mebibyte }),
        fc.integer({ min: 1000, max: 500_000 }),
        async (faults, size, chunk) => {
          server.faults = faults;
          const data = randomBytes(size);
          const name = `${round++}.bin`;
          await server.api.upload(folder, name, sourceOf(data, chunk));
          expect(hash(server.files.get(name) ?? Buffer.from('none'))).toBe(hash(data));
          server.files.clear();
        },
      ),
      { numRuns: 25 },
    );
    expect(server.parallel).toBe(1);
  });
});

describe('upload', () => {
  it('reads its source only as fast as the site takes it', async () => {
    site = await storageDouble(true);
    const data = randomBytes(4 * mebibyte);
    const source = sourceOf(data, 65_536);
    const ahead: number[] = [];
    await site.api.upload(folder, 'd.bin', source, { onProgress: (bytes) => ahead.push(source.read - bytes) });
    expect(Math.max(...ahead)).toBeLessThanOrEqual(65_536);
  });

  it('stops at once when it is told to', async () => {
    site = await storageDouble(true);
    const abort = new AbortController();
    const data = randomBytes(6 * mebibyte);
    const pending = site.api.upload(folder, 'e.bin', sourceOf(data), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
    expect(site.files.size).toBe(0);
  });

  it('gives up on a site that only refuses, and keeps the token out of errors', async () => {
    site = await storageDouble(true);
    site.faults = Array.from({ length: 100 }, () => ({ kind: 'busy' }) as const);
    const error = await site.api.upload(folder, 'f.bin', sourceOf(Buffer.from('x'))).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'BerthError' });
    expect(JSON.stringify(error)).not.toContain('canary-token');
    expect(String(error)).not.toContain('canary-token');
  });
});

describe('download', () => {
  async function whole(content: AsyncIterable<Buffer>): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    return Buffer.concat(parts);
  }

  it('gives a file with its size and time', async () => {
    site = await storageDouble(true);
    const data = randomBytes(300_000);
    site.files.set('a', data);
    const download = await site.api.download(folder, 'a');
    expect(download).toMatchObject({ bytes: 300_000, modifiedAt: '2026-01-01T00:00:00.000Z' });
    expect(hash(await whole(download.content))).toBe(hash(data));
  });

  it('goes on where it broke', async () => {
    site = await storageDouble(true);
    const data = randomBytes(300_000);
    site.files.set('a', data);
    site.breaks = [100_000, 50_000, 10];
    const download = await site.api.download(folder, 'a');
    expect(hash(await whole(download.content))).toBe(hash(data));
    expect(site.requests).toEqual(['GET', 'GET bytes=100000-', 'GET bytes=150000-', 'GET bytes=150010-']);
  });

  it('begins at an offset', async () => {
    site = await storageDouble(true);
    site.files.set('a', Buffer.from('0123456789'));
    const download = await site.api.download(folder, 'a', { offset: 4 });
    expect(download.bytes).toBe(10);
    expect((await whole(download.content)).toString()).toBe('456789');
  });

  it('does not glue two versions of a file together', async () => {
    const server = await storageDouble(true);
    site = server;
    server.files.set('a', randomBytes(100_000));
    server.breaks = [10_000];
    const download = await server.api.download(folder, 'a');
    const { value } = await download.content[Symbol.asyncIterator]().next();
    expect(value.byteLength).toBeGreaterThan(0);
    server.lastModified.value = new Date(Date.UTC(2026, 1, 1)).toUTCString();
    await expect(whole(download.content)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('does not begin an archive again', async () => {
    site = await storageDouble(true);
    site.files.set('dir', randomBytes(100_000));
    site.breaks = [10_000];
    const download = await site.api.download(folder, 'dir', { archive: true });
    expect(download.bytes).toBeNull();
    await expect(whole(download.content)).rejects.toMatchObject({ code: 'offline' });
    expect(site.requests).toEqual(['GET']);
  });

  it('says what is missing, and what an older site cannot', async () => {
    site = await storageDouble(true, '26.2.0');
    await expect(site.api.download(folder, 'nothing')).rejects.toMatchObject({ code: 'not-found' });
    await expect(site.api.downloadArchive(folder, ['a'])).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('lets go of the connection when nobody reads on', async () => {
    site = await storageDouble(true);
    site.files.set('a', randomBytes(8 * mebibyte));
    const download = await site.api.download(folder, 'a');
    download.dispose();
    await expect(whole(download.content)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
