/** Waiting a while, unless somebody gives up. */
import { BerthError } from './berth-error.ts';
import type { Clock } from './clock.ts';

/**
 * Resolves after `delayMs`. Throws BerthError `cancelled` as soon as `signal` aborts. Leaves nothing on the signal, which may
 * live for hours.
 */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      void timer?.dispose();
      reject(new BerthError('cancelled', { place: 'computer' }));
    };
    const timer = signal?.aborted
      ? null
      : clock.after(delayMs, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
    if (timer) signal?.addEventListener('abort', onAbort, { once: true });
    else onAbort();
  });
}
