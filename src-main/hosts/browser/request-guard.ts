/**
 * Who may speak to the loopback server at all: pure decisions on a request's head, before anything else looks at it.
 * Every other program and web page on this computer can reach the port; these lines are what keeps them out.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface RequestHead {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly status: number; readonly reason: string };

const allowed: Verdict = { allowed: true };
const refused = (status: number, reason: string): Verdict => ({ allowed: false, status, reason });

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** A host name that nobody can guess (130 bits) and that Chromium and Firefox take to loopback by themselves. */
export function randomHostName(): string {
  return `b-${Array.from(randomBytes(26), (byte) => base32[byte % 32]).join('')}.localhost`;
}

/**
 * @param host the one `name:port` of this server
 */
export function checkRequest(head: RequestHead, host: string): Verdict {
  const { headers, method } = head;
  // SECURITY: the exact Host, on every request: no DNS rebinding, no other name for this port
  // (loopback-server.itest.ts, "foreign Host").
  if (headers.host !== host) return refused(403, 'host');
  if (!head.target.startsWith('/')) return refused(404, 'target');
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return refused(405, 'method');
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  // SECURITY: another page may lead here (a link), but not load, embed or post anything
  // (loopback-server.itest.ts, "cross-site").
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(isNavigation && method !== 'POST')) {
    return refused(403, 'cross-site');
  }
  // SECURITY: whatever changes something must come from this very origin (loopback-server.itest.ts, "foreign Origin").
  if (method === 'POST' && headers.origin !== `http://${host}`) return refused(403, 'origin');
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return refused(403, 'origin');
  return allowed;
}

/** A WebSocket has no same-origin rule of its own. Every page may open one to here, so the Origin must be exact. */
export function checkUpgrade(head: RequestHead, host: string): Verdict {
  // SECURITY: (loopback-server.itest.ts, "bridge refuses a foreign Host").
  if (head.headers.host !== host) return refused(403, 'host');
  // SECURITY: (loopback-server.itest.ts, "bridge refuses a foreign Origin").
  if (head.headers.origin !== `http://${host}`) return refused(403, 'origin');
  if (head.method !== 'GET' || head.headers.upgrade?.toLowerCase() !== 'websocket') return refused(400, 'upgrade');
  return allowed;
}
