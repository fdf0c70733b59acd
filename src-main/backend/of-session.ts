/** A 404 about one session means that this session is not there (any more). */
import { BerthError } from '../base/berth-error.ts';

export async function ofSession<T>(sessionId: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'not-found') throw error;
    throw new BerthError('session-gone', {
      place: 'manager',
      params: { ...error.params, session: sessionId },
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      cause: error,
    });
  }
}
