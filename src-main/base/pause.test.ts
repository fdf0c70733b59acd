import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { pause } from './pause.ts';

describe('pause', () => {
  it('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController();
    for (let round = 0; round < 20; round += 1) await pause(systemClock, 0, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends at once when it is given up, before or meanwhile', async () => {
    const abort = new AbortController();
    const waiting = pause(systemClock, 60_000, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(pause(systemClock, 60_000, abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
