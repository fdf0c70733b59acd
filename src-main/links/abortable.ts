/** Waiting for work that others wait for too. */
import { BerthError } from '../base/berth-error.ts';

/** The shared work goes on; only this caller stops waiting, with BerthError `cancelled`. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new BerthError('cancelled', { place: 'computer' }));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
