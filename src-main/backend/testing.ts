/** For tests of this folder: a small HTTP server of this process, and a clock that shows what it is told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { createHmacAuthenticator } from './authenticator.ts';
import { SiteClient } from './site-client.ts';

export const accessKey = 'AKIATEST';
export const secretKey = 'canary-secret-key';
export const apiVersion = 'v8.20240915';

export interface TestServer {
  readonly endpoint: string;
  readonly server: Server;
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  close(): Promise<void>;
}

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: string, count: number) => void,
): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response, body, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    server,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

export function sendProblem(
  response: ServerResponse,
  status: number,
  slug: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  response.end(JSON.stringify({ type: `https://api.backend.ai/probs/${slug}`, title: slug }));
}

/** @param nowMs this computer's time */
export function siteClient(endpoint: string, nowMs: () => number = () => Date.now()): SiteClient {
  return new SiteClient({
    endpoint,
    authenticator: createHmacAuthenticator(accessKey, secretKey),
    apiVersion,
    // Waits between tries are as long as in life in their order only.
    clock: { now: nowMs, after: (delayMs, callback) => systemClock.after(delayMs / 20, callback) },
  });
}

/** Waits until `check` holds, at most `limitMs`. */
export async function until(check: () => boolean, limitMs = 5_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!check()) {
    if (Date.now() > end) throw new Error('The condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
