/**
 * The storage proxy's side towards clients: uploads in pieces (a part of tus 1.0.0) and downloads, each by a token
 * (API reference, sections 7.3 and 7.4). It has an address of its own and knows no keys.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rmdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Face } from '../face.ts';
import type { FolderStore } from '../folders/folder-store.ts';
import type { FolderQuota } from '../folders/quota.ts';
import { confine } from '../http/home-path.ts';
import { type FaceHandlers, refuseUpgrade, toProblem, urlOf } from '../http/listener.ts';
import { Problem } from '../http/problem.ts';
import type { Transfer, TransferTokens } from './transfer-tokens.ts';
import { zipOf } from './zip-stream.ts';

/** `max-upload-size` of the stock configuration: 100 GiB. */
const maxUploadBytes = 107_374_182_400;
/** Where unfinished uploads lie, at the folder's root. */
export const uploadFolder = '.upload';

const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, Content-Type',
  'Access-Control-Expose-Headers': 'Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, Content-Type',
  'Access-Control-Allow-Methods': '*',
  'Tus-Resumable': '1.0.0',
} as const;

const notFound = (what: 'no-such-upload-session' | 'file-not-found'): Problem =>
  new Problem(404, `storage/${what}`, what === 'file-not-found' ? 'File not found' : 'No such upload session');

export interface StorageOptions {
  readonly face: Face;
  readonly folders: FolderStore;
  readonly quota: FolderQuota;
  readonly tokens: TransferTokens;
  readonly log: (line: string) => void;
}

export class StorageProxy implements FaceHandlers {
  private readonly options: StorageOptions;

  constructor(options: StorageOptions) {
    this.options = options;
  }

  readonly upgrade = (
    _request: IncomingMessage,
    socket: NodeJS.WritableStream & Parameters<typeof refuseUpgrade>[0],
  ) => {
    refuseUpgrade(socket, { status: 404 });
    return Promise.resolve();
  };

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const url = urlOf(request);
      const call = `${request.method} ${url?.pathname}`;
      if (url === null) throw new Problem(404, 'url-not-found', 'Not Found');
      if (call === 'GET /') {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(
          JSON.stringify({ status: 'ok', type: 'client-facing', 'storage-proxy': this.options.face.manager }),
        );
      } else if (call === 'OPTIONS /upload') this.describe(response);
      else if (call === 'HEAD /upload') await this.check(response, this.read(url, 'upload'));
      else if (call === 'PATCH /upload') await this.append(request, response, this.read(url, 'upload'));
      else if (call === 'GET /download') await this.download(request, response, url);
      else if (url.pathname === '/upload' || url.pathname === '/download') {
        throw new Problem(405, 'method-not-allowed', 'Method Not Allowed');
      } else throw new Problem(404, 'url-not-found', 'Not Found');
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const problem = toProblem(error, this.options.log);
      response.writeHead(problem.status, { 'Content-Type': 'application/problem+json; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(problem));
    } finally {
      request.resume();
    }
  };

  private read(url: URL, op: Transfer['op']): Transfer {
    const transfer = this.options.tokens.read(url.searchParams.get('token') ?? '');
    if (transfer === null || transfer.op !== op) {
      throw new Problem(400, 'storage/invalid-api-params', 'Invalid API parameters', {
        data: { token: 'cannot parse the given value as JWT' },
      });
    }
    return transfer;
  }

  private rootOf({ vfid }: Transfer): string {
    const folder = this.options.folders.byId(vfid);
    if (folder === null || folder.status !== 'ready') throw notFound('file-not-found');
    return this.options.folders.pathOf(folder);
  }

  private place(transfer: Transfer): Promise<string> {
    const root = this.rootOf(transfer);
    return confine(root, transfer.relpath.replace(/^\/+/, ''), null, [root]);
  }

  private describe(response: ServerResponse): void {
    const facts = {
      'Tus-Version': '1.0.0',
      'Tus-Max-Size': String(maxUploadBytes),
      'X-Content-Type-Options': 'nosniff',
    };
    response.writeHead(200, { ...cors, ...facts }).end();
  }

  /** How far the upload is; 404 when it is complete or never was. */
  private async offsetOf(transfer: Transfer): Promise<{ readonly path: string; readonly offset: number }> {
    const path = join(this.rootOf(transfer), uploadFolder, transfer.session);
    const info = await stat(path).catch(() => null);
    if (info === null) throw notFound('no-such-upload-session');
    return { path, offset: info.size };
  }

  private headers(transfer: Transfer, offset: number): Record<string, string> {
    return {
      ...cors,
      'Cache-Control': 'no-store',
      'Upload-Offset': String(offset),
      'Upload-Length': String(transfer.size),
      'X-Content-Type-Options': 'nosniff',
    };
  }

  private async check(response: ServerResponse, transfer: Transfer): Promise<void> {
    const { offset } = await this.offsetOf(transfer);
    response.writeHead(200, this.headers(transfer, offset)).end();
  }

  private async append(request: IncomingMessage, response: ServerResponse, transfer: Transfer): Promise<void> {
    const { path, offset } = await this.offsetOf(transfer);
    // Before 26.2 whatever comes is appended, wherever the client believes to be.
    if (this.options.face.since('26.2')) {
      const claimed = Number(request.headers['upload-offset'] ?? Number.NaN);
      if (!Number.isInteger(claimed)) throw new Problem(400, 'storage/invalid-api-params', 'Upload-Offset is missing');
      if (claimed !== offset) throw new Problem(409, 'storage/offset-mismatch', 'Upload-Offset does not match');
    }
    const owner = this.options.folders.byId(transfer.vfid)?.ownerId ?? '';
    if (await this.options.quota.isFull(owner, Number(request.headers['content-length'] ?? 0))) {
      // What the file system says when it does not take a write.
      throw new Problem(500, 'internal-server-error', 'Internal server error', {
        msg: '[Errno 122] Disk quota exceeded',
      });
    }
    await pipeline(request, createWriteStream(path, { flags: 'a' }));
    const { size } = await stat(path);
    if (size >= transfer.size) {
      const target = await this.place(transfer);
      await mkdir(dirname(target), { recursive: true });
      await rename(path, target);
      // Other uploads may still be under way in it.
      await rmdir(dirname(path)).catch(() => undefined);
    }
    response.writeHead(204, this.headers(transfer, size)).end();
  }

  private async download(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const transfer = this.read(url, 'download');
    const path = await this.place(transfer);
    const info = await stat(path).catch(() => null);
    if (info === null) throw notFound('file-not-found');
    const isDirectory = !info.isFile();
    if (isDirectory && url.searchParams.get('archive') !== 'true') {
      throw new Problem(400, 'storage/invalid-api-params', 'The file is not a regular file.');
    }
    const name = `${basename(path)}${isDirectory ? '.zip' : ''}`;
    const ascii = name.replace(/[^\x20-\x7e]/g, '').replaceAll('"', '\\"');
    const disposition = `attachment;filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`;
    if (isDirectory) {
      response.writeHead(200, { 'Content-Type': 'application/zip', 'Content-Disposition': disposition });
      await pipeline(Readable.from(zipOf(path)), response);
      return;
    }
    const etag = `"${info.mtimeMs.toString(16)}-${info.size.toString(16)}"`;
    const headers: Record<string, string> = {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': disposition,
      'Accept-Ranges': 'bytes',
      ETag: etag,
      'Last-Modified': info.mtime.toUTCString(),
      ...(url.searchParams.get('no_cache') === 'true' ? { 'Cache-Control': 'no-store' } : {}),
    };
    const range = readRange(request, info.size, info.mtime);
    if (range === 'outside') {
      response.writeHead(416, { 'Content-Range': `bytes */${info.size}` }).end();
      return;
    }
    if (range === null) response.writeHead(200, { ...headers, 'Content-Length': info.size });
    else {
      const [start, end] = range;
      headers['Content-Range'] = `bytes ${start}-${end}/${info.size}`;
      response.writeHead(206, { ...headers, 'Content-Length': end - start + 1 });
    }
    if (info.size === 0) {
      response.end();
      return;
    }
    const part = range === null ? {} : { start: range[0], end: range[1] };
    await pipeline(createReadStream(path, part), response).catch(() => response.destroy());
  }
}

/**
 * First and last byte that `Range` asks for; `null` for all of it. An `If-Range` date older than the file asks for all
 * again, because what the client has is not a part of it.
 */
function readRange(
  request: IncomingMessage,
  size: number,
  changed: Date,
): readonly [number, number] | 'outside' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first === '' && last === '') return null;
  const condition = request.headers['if-range'];
  if (condition !== undefined) {
    const since = Date.parse(String(condition));
    if (Number.isNaN(since) || Math.floor(changed.getTime() / 1000) * 1000 > since) return null;
  }
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || end < start ? 'outside' : [start, end];
}
