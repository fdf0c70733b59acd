import { beforeEach, describe, expect, it } from 'vitest';
import { askAfterMs, goneAfterMs, lateAfterMs, PeerWatch, probeGoneMs } from './peer-watch.ts';
import { FakeClock } from './testing/fake-clock.ts';

describe('PeerWatch', () => {
  let clock: FakeClock;
  let from: number;
  let signs: { backlogBytes: number; seesBacklogShrink: boolean; lastProgressAt: number; lastReceivedAt: number };
  let isPaused: boolean;
  let asked: (() => void)[];
  let told: string[];
  let watch: PeerWatch;

  const elapsed = (): number => clock.now() - from;
  const receive = (): void => {
    signs.lastReceivedAt = clock.now();
    signs.lastProgressAt = clock.now();
  };

  beforeEach(() => {
    clock = new FakeClock();
    from = clock.now();
    signs = { backlogBytes: 0, seesBacklogShrink: true, lastProgressAt: from, lastReceivedAt: from };
    isPaused = false;
    asked = [];
    told = [];
    watch = new PeerWatch({
      signs,
      isPaused: () => isPaused,
      ask: (answered) => void asked.push(answered),
      onLate: (goneInMs) => void told.push(goneInMs === null ? `back ${elapsed()}` : `late ${elapsed()} ${goneInMs}`),
      onGone: (silentMs) => void told.push(`gone ${elapsed()} ${silentMs}`),
      clock,
      now: clock.now,
    });
  });

  it('asks, is late, and is gone within 6 s of silence, once', async () => {
    await clock.advance(60_000);
    expect(told).toEqual([`late ${lateAfterMs} ${goneAfterMs - lateAfterMs}`, `gone ${goneAfterMs} ${goneAfterMs}`]);
    expect(goneAfterMs).toBeLessThan(6_000);
    expect(asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('says nothing while every question is answered, by its answer or by other bytes', async () => {
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(askAfterMs + 200);
      asked.at(-1)?.();
      receive();
    }
    expect(told).toEqual([]);
    expect(asked.length).toBeGreaterThan(15);
  });

  it('takes a late answer back', async () => {
    await clock.advance(lateAfterMs + 300);
    expect(told).toHaveLength(1);
    receive();
    await clock.advance(250);
    expect(told[1]).toMatch(/^back/);
    await clock.advance(goneAfterMs - 1_000);
    expect(told).toHaveLength(3);
  });

  it('lets a slow uplink send, as long as it takes bytes', async () => {
    signs.backlogBytes = 100_000;
    for (let i = 0; i < 10; i += 1) {
      await clock.advance(3_000);
      signs.lastProgressAt = clock.now();
    }
    await clock.advance(500);
    expect(told.filter((it) => it.startsWith('gone'))).toEqual([]);
    await clock.advance(goneAfterMs);
    expect(told.at(-1)).toMatch(/^gone/);
  });

  it('waits longer where it cannot see whether the queue shrinks', async () => {
    signs.backlogBytes = 100_000;
    signs.seesBacklogShrink = false;
    await clock.advance(15_000);
    expect(told).toEqual([expect.stringMatching(/^late/)]);
    await clock.advance(6_000);
    expect(told.at(-1)).toMatch(/^gone/);
  });

  it('decides within 2 s when it cannot wait; bytes from before are no answer, the answer is', async () => {
    watch.probe();
    watch.probe();
    expect(asked).toHaveLength(1);
    await clock.advance(100);
    asked[0]?.();
    receive();
    await clock.advance(probeGoneMs);
    expect(told).toEqual([]);

    watch.probe();
    await clock.advance(100);
    // What the system had received before the computer went to sleep.
    receive();
    await clock.advance(probeGoneMs);
    expect(told.map((it) => it.split(' ')[0])).toEqual(['late', 'gone']);
  });

  it('asks anew after its own process stood still, instead of blaming the other side', async () => {
    await clock.advance(askAfterMs + 100);
    clock.jump(60_000);
    await clock.advance(50);
    expect(told).toEqual([]);
    expect(asked).toHaveLength(2);
    asked[1]?.();
    receive();
    await clock.advance(probeGoneMs + 400);
    expect(told).toEqual([]);

    clock.jump(60_000);
    await clock.advance(probeGoneMs + 50);
    expect(told.at(-1)).toMatch(/^gone/);
  });

  it('draws no conclusion while nothing is read', async () => {
    isPaused = true;
    await clock.advance(60_000);
    expect(told).toEqual([]);
    isPaused = false;
    receive();
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });
});
