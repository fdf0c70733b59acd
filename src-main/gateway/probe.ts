/** Asks a service whether it answers HTTP yet. */
import { request } from 'node:http';
import { BerthError } from '../base/berth-error.ts';
import { requestHeaders } from './headers.ts';
import type { Place } from './place.ts';

const answerWithinMs = 5_000;
/** What a proxy in the container says while the program behind it is still starting. */
const notYet: ReadonlySet<number> = new Set([502, 503, 504]);

/** Null when it answers; else why not. */
export function probe(place: Place, path: string): Promise<BerthError | null> {
  return new Promise((resolve) => {
    const asked = request({
      agent: place.singleAgent,
      method: 'GET',
      path,
      headers: { ...requestHeaders({}, place), connection: 'close' },
      setHost: false,
    });
    const timer = setTimeout(() => {
      asked.destroy(new BerthError('service-timeout', { place: 'service', retry: 'auto' }));
    }, answerWithinMs);
    const finish = (result: BerthError | null): void => {
      clearTimeout(timer);
      resolve(result);
      asked.destroy();
    };
    asked.on('response', (response) => {
      response.on('error', () => undefined);
      const status = response.statusCode ?? 0;
      finish(
        notYet.has(status)
          ? new BerthError('service-timeout', { place: 'service', retry: 'auto', detail: `HTTP ${status}` })
          : null,
      );
    });
    asked.on('error', (error) => {
      finish(
        error instanceof BerthError && error.code !== 'cancelled'
          ? error
          : new BerthError('service-timeout', { place: 'service', retry: 'auto', cause: error }),
      );
    });
    asked.end();
  });
}
