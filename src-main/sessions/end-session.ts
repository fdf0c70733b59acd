/**
 * Ends a session on its site: up to three tries, and never a second one before the session's own status has told that the
 * first was not taken (web client parity P-TERM-03).
 */
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { SessionsApi } from '../backend/api/sessions-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { pause } from '../base/pause.ts';
import { endDelaysMs, endFailure, isOnItsWay, isOver, mayBeOver } from './end-tries-policy.ts';

export interface EndOrder {
  readonly api: Pick<SessionsApi, 'session' | 'terminate'>;
  readonly clock: Clock;
  readonly sessionId: string;
  readonly forced: boolean;
  /** Its status as last known. */
  readonly before: string | null;
  readonly signal?: AbortSignal | undefined;
}

/** What the site told of the session when its answer was in doubt; `undefined` when nobody had to ask. */
export type Ended = { readonly seen: Session | null | undefined };

/**
 * Resolves once the site has taken it, or has ended the session anyway.
 * Throws what the site refuses; with `taken: 'unknown'` in its params when it cannot be told whether the end was taken.
 */
export async function endSession({ api, clock, sessionId, forced, before, signal }: EndOrder): Promise<Ended> {
  /** A try was made whose fate nobody knows: a refusal of the next one may be its success. */
  let inDoubt = false;
  for (let failed = 0; ; failed++) {
    try {
      await api.terminate(sessionId, forced, signal);
      return { seen: undefined };
    } catch (error) {
      const kind = endFailure(error);
      inDoubt ||= kind === 'unknown';
      if (kind === 'unknown' || mayBeOver(error)) {
        const seen = await statusNow(api, sessionId, signal, error);
        const status = seen?.status ?? null;
        if (isOver(status) || (inDoubt && isOnItsWay(before, status, forced))) return { seen };
      }
      const waitMs = endDelaysMs[failed];
      if (kind === 'refused' || waitMs === undefined) throw error;
      await pause(clock, waitMs, signal);
    }
  }
}

/** Throws `failure`, as one that leaves it open whether the end was taken, when the site does not say. */
async function statusNow(
  api: EndOrder['api'],
  sessionId: string,
  signal: AbortSignal | undefined,
  failure: unknown,
): Promise<Session | null> {
  try {
    return await api.session(sessionId, signal);
  } catch (cause) {
    if (!(failure instanceof BerthError) || endFailure(failure) !== 'unknown') throw failure;
    const { code, place, retry, params, detail } = failure;
    throw new BerthError(code, {
      place,
      retry,
      params: { ...params, taken: 'unknown' },
      ...(detail === undefined ? {} : { detail }),
      cause,
    });
  }
}
