/**
 * A start whose answer was lost. It is never sent again: a second session would cost a second machine. Instead the site is
 * asked whether it has the session by now; names are unique among one's live sessions (API reference, section 4.3).
 */
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import type { SessionPage } from './api/sessions-api.ts';

/** Clocks and queues differ by so much at most between taking a session in and telling when it was. */
const toleranceMs = 60_000;
const newest = 50;

/** The request may have reached the manager, and no answer of it came back. */
export function mayHaveHappened(error: unknown): error is BerthError {
  if (!(error instanceof BerthError)) return false;
  const { code, place, params } = error;
  switch (code) {
    case 'timeout':
      return params.reason !== 'connect';
    case 'offline':
      return params.reason === 'reset';
    case 'bad-answer':
      return params.reason !== 'not-http';
    case 'server-error':
      return place !== 'agent' && (params.status === 502 || params.status === 504);
    default:
      return false;
  }
}

/**
 * The session that came of it all the same.
 * @param sinceMs the site's time when the start was sent
 * @throws the failure itself when there is none, or when the site cannot be asked
 */
export async function startedAnyway(
  failure: unknown,
  started: { readonly name: string; readonly sinceMs: number },
  page: (query: { finished: boolean; offset: number; limit: number }) => Promise<SessionPage>,
): Promise<Session> {
  if (!mayHaveHappened(failure)) throw failure;
  let sessions: readonly Session[];
  try {
    ({ sessions } = await page({ finished: false, offset: 0, limit: newest }));
  } catch {
    // Nothing more can be found out now; the first failure is the one to tell.
    throw failure;
  }
  const found = sessions.find(
    ({ name, createdAt }) => name === started.name && Date.parse(createdAt) >= started.sinceMs - toleranceMs,
  );
  if (found === undefined) throw failure;
  return found;
}
