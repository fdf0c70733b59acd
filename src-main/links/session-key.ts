/**
 * The private key that opens a session's SSH server. It is the person's own long-lived key, the same in all sessions,
 * and lies in the container's home; Berth keeps it in memory only and never hands it to a window.
 */

import type { ErrorCode } from '../../src-preload/contract/errors.ts';
import type { SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';

/** Where agents put it; the last one is where Kubernetes agents do (tunnels reference, section 3.4). */
const places = ['/home/work/id_container', 'id_container', '.ssh/id_container'] as const;

/** Failures that say nothing about the other places. */
const decisive: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'timeout',
  'offline',
  'tls',
  'unauthorised',
  'signed-out',
  'account-missing',
  'rate-limited',
  'maintenance',
  'clock-skew',
  'session-gone',
  'session-not-running',
]);

/**
 * The key in what the site answered. Old managers answer a TAR: its header stands before the first dashes, padding after
 * the last.
 */
export function cutKey(bytes: Buffer): string | null {
  const text = bytes.toString('latin1');
  const begin = text.indexOf('-----BEGIN ');
  if (begin < 0) return null;
  const end = /-----END [A-Z0-9 ]+-----/.exec(text.slice(begin));
  return end ? `${text.slice(begin, begin + end.index + end[0].length)}\n` : null;
}

/**
 * Reads the key through the site.
 * @throws BerthError `key-missing` when no place holds one, or what kept Berth from looking
 */
export async function readSessionKey(api: SiteApi, sessionId: string, signal?: AbortSignal): Promise<string> {
  let last: unknown;
  for (const place of places) {
    try {
      const key = cutKey(await api.readSessionFile(sessionId, place, signal));
      if (key) return key;
    } catch (error) {
      if (!(error instanceof BerthError) || decisive.has(error.code)) throw error;
      last = error;
    }
  }
  throw new BerthError('key-missing', { place: 'container', retry: 'user', cause: last });
}
