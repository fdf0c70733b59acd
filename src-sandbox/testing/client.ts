/**
 * A signed client for the sandbox's own tests. It shares nothing with the product's client.
 */
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { sign } from '../auth/signature.ts';
import type { SandboxInfo } from '../sandbox.ts';

/** JSON that a test may look into freely; what it finds it compares. */
export interface Json {
  readonly [key: string]: Json | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** The parsed body, or `null` when it is not JSON. */
  readonly json: Json | null;
}

export interface CallOptions {
  readonly version?: string;
  readonly date?: Date;
  readonly contentType?: string;
}

export function signedHeaders(
  site: SandboxInfo,
  method: string,
  target: string,
  { version = 'v9.20250722', date = new Date(), contentType = 'application/json' }: CallOptions = {},
): Record<string, string> {
  const written = date.toISOString();
  const digits = written.slice(0, 10).replaceAll('-', '');
  const host = new URL(site.endpoint).host;
  const bare = contentType.split(';')[0] ?? '';
  const parts = { method, target, date: written, host, contentType: bare, version };
  const signature = sign(parts, site.secretKey, digits);
  return {
    'Content-Type': contentType,
    'X-BackendAI-Version': version,
    'X-BackendAI-Date': written,
    Authorization: `BackendAI signMethod=HMAC-SHA256, credential=${site.accessKey}:${signature}`,
  };
}

/** Sends any body with any verb (`fetch` refuses a body on GET, which one route wants). */
export function send(
  site: SandboxInfo,
  method: string,
  target: string,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const asking = request(
      new URL(target, site.endpoint),
      { method, headers: { ...headers, ...length } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          let json: Json | null = null;
          try {
            json = JSON.parse(bytes.toString('utf8')) as Json;
          } catch {
            // Not every answer is JSON.
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, json });
        });
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

export function call(
  site: SandboxInfo,
  method: string,
  target: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return send(site, method, target, signedHeaders(site, method, target, options), text);
}

export async function gql(site: SandboxInfo, query: string, variables: unknown = null): Promise<Answer> {
  return call(site, 'POST', '/admin/gql', { query, variables });
}

/** A signed WebSocket, without a Content-Type header as WebSockets have none. */
export function tunnel(site: SandboxInfo, target: string): WebSocket {
  const { 'Content-Type': _none, ...headers } = signedHeaders(site, 'GET', target, {
    contentType: 'application/octet-stream',
  });
  const url = new URL(target, site.endpoint.replace('http', 'ws'));
  return new WebSocket(url, { headers, perMessageDeflate: false });
}

/** The status of an upgrade that is refused, with its problem. */
export function refusal(site: SandboxInfo, target: string): Promise<Answer> {
  const { 'Content-Type': _none, ...headers } = signedHeaders(site, 'GET', target, {
    contentType: 'application/octet-stream',
  });
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  return send(site, 'GET', target, { ...headers, ...upgrade });
}

/** Looks again until `look` answers something, or fails with what it was waiting for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined> | T | null | undefined,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
