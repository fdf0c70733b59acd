import { describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { Handshakes } from './handshakes.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';

describe('handshakes of direct connections', () => {
  it('are few at a time, and as many as there is room for', async () => {
    const handshakes = new Handshakes(new FakeClock());
    const answer: (() => void)[] = [];
    const end: (() => void)[] = [];
    const opened = Array.from({ length: 60 }, () =>
      handshakes.run(
        () => new Promise<void>((resolve) => answer.push(resolve)),
        (_value, ended) => end.push(ended),
      ),
    );
    await settle();
    expect(answer.length).toBe(6);
    while (end.length < 48) {
      answer[end.length]?.();
      await settle();
    }
    await settle();
    expect(answer.length).toBe(48);
    end[0]?.();
    end[1]?.();
    await settle();
    expect(answer.length).toBe(50);
    const waiting = new AbortController();
    const late = handshakes.run(
      async () => undefined,
      () => undefined,
      waiting.signal,
    );
    waiting.abort();
    await expect(late).rejects.toMatchObject({ code: 'cancelled' });
    for (const promise of opened) promise.catch(() => undefined);
  });

  it('stop while the site takes no more of this key, longer each time', async () => {
    const clock = new FakeClock();
    const handshakes = new Handshakes(clock);
    let asked = 0;
    let error: BerthError | null = new BerthError('rate-limited', { place: 'manager', retry: 'auto' });
    const run = () =>
      handshakes.run(
        async () => {
          asked += 1;
          if (error) throw error;
        },
        (_value, ended) => ended(),
      );
    await expect(run()).rejects.toBe(error);
    await expect(run()).rejects.toMatchObject({ code: 'rate-limited', params: { retryAfterSeconds: 30 } });
    expect(asked).toBe(1);
    await clock.advance(30_000);
    await expect(run()).rejects.toBe(error);
    await clock.advance(30_000);
    await expect(run()).rejects.toMatchObject({ params: { retryAfterSeconds: 30 } });
    expect(asked).toBe(2);
    await clock.advance(30_000);
    error = null;
    await run();
    expect(asked).toBe(3);
  });
});
