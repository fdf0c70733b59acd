/**
 * A webserver turns every refusal of a WebSocket handshake into one 502 (API reference, section 2.5; tunnels reference,
 * section 1.6). What was really wrong is asked for by plain requests, from the nearest to the farthest.
 */
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';

export interface Askable {
  /** Whether the webserver still knows the sign-in. */
  signedIn(): Promise<boolean>;
  /** Null: there is no such session. */
  session(): Promise<Session | null>;
  /** Names of the session's services. */
  services(): Promise<readonly string[]>;
}

export function isBadGateway(error: unknown): error is BerthError {
  return error instanceof BerthError && error.params.status === 502;
}

/** The error to tell instead of `flattened`. Never throws. */
export async function realReason(flattened: BerthError, service: string, ask: Askable): Promise<BerthError> {
  const params = { ...flattened.params, service };
  const give = (code: 'session-gone' | 'session-not-running' | 'service-unknown' | 'service-failed', more = {}) =>
    new BerthError(code, {
      place: code === 'service-failed' ? 'container' : 'manager',
      retry: code === 'session-not-running' || code === 'service-failed' ? 'auto' : 'never',
      params: { ...params, ...more },
      cause: flattened,
    });
  try {
    if (!(await ask.signedIn())) {
      return new BerthError('unauthorised', { place: 'site', params: { reason: 'expired' }, cause: flattened });
    }
    const session = await ask.session();
    if (session === null) return give('session-gone');
    if (session.family !== 'running')
      return give('session-not-running', { session: session.name, status: session.status });
    if (!(await ask.services()).includes(service)) return give('service-unknown', { session: session.name });
    // Everything on the way is well: the service itself did not start. The webserver withholds why.
    return give('service-failed', { session: session.name });
  } catch (error) {
    // The question met the trouble itself: a manager that is away, a gone session, an expired sign-in.
    return error instanceof BerthError && error.code !== 'cancelled' ? error : flattened;
  }
}
