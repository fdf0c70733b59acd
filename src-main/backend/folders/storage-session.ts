/**
 * A session on the site's storage proxy: an address with a token, which is the only credential there (API reference,
 * section 7.3). SECURITY: nothing here tells the address to a log or an error (test: "keeps the token out of errors").
 */
import { BerthError } from '../../base/berth-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { HttpAnswer, HttpTransport } from '../http.ts';
import { cancelledError } from '../network-errors.ts';
import { problemError } from '../problem.ts';

/** A piece that takes longer is stuck. */
export const pieceTimeoutMs = 120_000;
export const headTimeoutMs = 30_000;
/** Tries in a row that bring nothing forward. */
export const maxTries = 8;

export interface StorageTools {
  readonly http: HttpTransport;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Throws BerthError `bad-answer` for an address that is none. */
export function storageUrl(session: { url: string; token: string }): URL {
  try {
    const url = new URL(session.url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('Not an address of the web');
    url.searchParams.set('token', session.token);
    return url;
  } catch (error) {
    const params = { path: 'request-upload', reason: 'address' };
    throw new BerthError('bad-answer', { place: 'manager', params, cause: error });
  }
}

/** Breaks that pass by themselves: a lost connection, a busy or restarting proxy. */
export function passes(error: unknown): boolean {
  return error instanceof BerthError && error.retry === 'auto';
}

export function refusalOf(answer: Pick<HttpAnswer, 'status' | 'body'>): BerthError {
  return problemError(answer.status, answer.body);
}

/** Waits longer with each try that failed, up to half a minute. Throws BerthError `cancelled`. */
export function backOff(tools: StorageTools, tries: number, signal: AbortSignal | undefined): Promise<void> {
  const most = Math.min(30_000, 500 * 2 ** tries);
  const waitMs = most / 2 + tools.random() * (most / 2);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw cancelledError();
    const onAbort = () => {
      void timer.dispose();
      reject(cancelledError());
    };
    const timer = tools.clock.after(waitMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
