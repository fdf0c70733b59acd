/** For tests: a manager that gives out storage sessions, and a storage proxy of either era that breaks when told. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../base/clock.ts';
import { HttpClient } from '../http.ts';
import { siteClient } from '../testing.ts';
import { featuresOf } from '../version-gates.ts';
import { folders } from './folders.ts';
import { storage } from './storage.ts';

/** What happens to one PATCH: `cut` takes so many bytes and drops the line; `mute` takes all and drops the answer. */
export type Fault =
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'mute' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'none' };

export interface StorageDouble {
  /** Finished files. */
  readonly files: Map<string, Buffer>;
  readonly lastModified: { value: string };
  /** Taken in turn, one a PATCH; then none. */
  faults: Fault[];
  /** Bytes after which each download breaks, taken in turn. */
  breaks: number[];
  /** Requests to the proxy, as `METHOD offset-or-range`. */
  readonly requests: string[];
  /** Most requests that were under way at once. */
  parallel: number;
  readonly api: ReturnType<typeof storage>;
  close(): Promise<void>;
}

/** Waits are over at once; nothing else is changed. */
const impatient: Clock = { ...systemClock, after: (_ms, callback) => systemClock.after(0, callback) };

/** @param strict checks `Upload-Offset` as 26.2 does; else appends blindly */
export async function storageDouble(strict: boolean, manager = '26.8.1'): Promise<StorageDouble> {
  const uploads = new Map<string, { path: string; size: number; data: Buffer }>();
  let running = 0;
  const double: Omit<StorageDouble, 'api' | 'close'> = {
    files: new Map(),
    lastModified: { value: new Date(Date.UTC(2026, 0, 1)).toUTCString() },
    faults: [],
    breaks: [],
    requests: [],
    parallel: 0,
  };
  let base = '';

  const server: Server = createServer((request, response) => {
    running += 1;
    double.parallel = Math.max(double.parallel, running);
    response.once('close', () => {
      running -= 1;
    });
    const url = new URL(request.url ?? '/', base);
    const token = url.searchParams.get('token');
    if (token === null) return manage(url, request, response);
    if (request.method === 'GET') return deliver(token, request, response);
    const upload = uploads.get(token);
    double.requests.push(`${request.method} ${request.headers['upload-offset'] ?? ''}`.trim());
    if (upload === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (request.method === 'HEAD') {
      const headers = { 'upload-offset': upload.data.byteLength, 'upload-length': upload.size };
      response.writeHead(200, headers).end();
      return;
    }
    take(token, upload, request, response);
  });

  function manage(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const token = `canary-token-${uploads.size}-${double.requests.length}`;
      response.writeHead(200, { 'content-type': 'application/json' });
      if (url.pathname.endsWith('/request-upload')) {
        uploads.set(token, { path: body.path, size: body.size, data: Buffer.alloc(0) });
        response.end(JSON.stringify({ token, url: `${base}/upload` }));
      } else if (url.pathname.includes('/request-download')) {
        response.end(JSON.stringify({ token: `get:${body.path ?? body.files.join('+')}`, url: `${base}/download` }));
      } else {
        const items = [...double.files].map(([name, data]) => ({ name, type: 'FILE', size: data.byteLength }));
        response.end(JSON.stringify({ items }));
      }
    });
  }

  function take(
    token: string,
    upload: { path: string; size: number; data: Buffer },
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const fault = double.faults.shift() ?? { kind: 'none' };
    if (fault.kind === 'busy') {
      request.resume();
      response.writeHead(503).end();
      return;
    }
    if (strict && Number(request.headers['upload-offset']) !== upload.data.byteLength) {
      request.resume();
      response.writeHead(409).end();
      return;
    }
    const before = upload.data;
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (fault.kind === 'cut' && size >= fault.bytes) {
        upload.data = Buffer.concat([before, ...chunks]).subarray(0, before.byteLength + fault.bytes);
        request.socket.destroy();
      }
    });
    request.on('error', () => undefined);
    request.on('end', () => {
      upload.data = Buffer.concat([before, ...chunks]);
      if (upload.data.byteLength >= upload.size) {
        double.files.set(upload.path, upload.data);
        uploads.delete(token);
      }
      if (fault.kind === 'mute' || fault.kind === 'cut') request.socket.destroy();
      else response.writeHead(204, { 'upload-offset': upload.data.byteLength }).end();
    });
  }

  function deliver(token: string, request: IncomingMessage, response: ServerResponse): void {
    const { range } = request.headers;
    double.requests.push(`GET ${range ?? ''}`.trim());
    const data = double.files.get(token.slice('get:'.length));
    if (data === undefined) {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ type: 'https://api.backend.ai/probs/storage/object-not-found', title: 'gone' }));
      return;
    }
    const archive = new URL(request.url ?? '/', base).searchParams.get('archive') === 'true';
    const same = request.headers['if-range'] === undefined || request.headers['if-range'] === double.lastModified.value;
    const from = !archive && range !== undefined && same ? Number(/\d+/.exec(range)?.[0] ?? 0) : 0;
    const part = data.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'last-modified': double.lastModified.value,
      ...(archive ? {} : { 'content-length': part.byteLength }),
      ...(from > 0 ? { 'content-range': `bytes ${from}-${data.byteLength - 1}/${data.byteLength}` } : {}),
    });
    const limit = double.breaks.shift();
    if (limit === undefined || limit >= part.byteLength) response.end(part);
    else response.write(part.subarray(0, limit), () => setTimeout(() => response.socket?.destroy(), 5));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = new HttpClient();
  const client = siteClient(base);
  const can = featuresOf(manager);
  const tools = { http, clock: impatient, random: () => 0 };
  const api = storage({ client, can, tools, entries: folders(client, can).folderEntries });
  return Object.assign(double, {
    api,
    async close() {
      client.dispose();
      http.dispose();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
