import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { doubleOf } from '../base/test-double.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { holdLimits } from './hold-gate.ts';
import { Place } from './place.ts';

class Use extends doubleOf<SessionUse>() {
  override value = { detours: [] } as never;
  override ready = async () => ({}) as never;
  override touch = () => undefined;
  override dispose = () => undefined;
}

function placeOf(clock: Clock, links: LinksService): Place {
  return new Place({
    links,
    clock,
    ref: { accountId: 'a', sessionId: 's' },
    service: { name: 'jupyter', protocol: 'http', ports: [8080], urlTemplate: null },
    listenPort: 1,
    hold: holdLimits,
    sessionName: 's',
    site: { name: 'site', colour: 'blue' },
  });
}

it('waits for a service as long as it may, and gathers nothing meanwhile', async () => {
  const clock = new FakeClock();
  const signals: AbortSignal[] = [];
  class Links extends doubleOf<LinksService>() {
    override acquire = (): SessionUse => new Use();
    override reach = (_ref: unknown, _service: unknown, _fresh: boolean, signal?: AbortSignal) => {
      if (signal) signals.push(signal);
      return Promise.reject(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
    };
  }
  const place = placeOf(clock, new Links());
  place.prepare();
  await clock.advance(60_000);
  const [signal] = signals;
  if (!signal) throw new Error('Nothing was asked');
  expect(signals.length).toBeGreaterThan(20);
  expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  place.dispose();
  expect(clock.pending).toBe(0);
});

it('tells of the last wait, not of all, and keeps nothing of each connection', async () => {
  const joined = vi.spyOn(AbortSignal, 'any');
  const dials = new Set<AbortSignal | undefined>();
  const server = createServer((_incoming, answer) => answer.end('ok'));
  class Links extends doubleOf<LinksService>() {
    override acquire = (): SessionUse => new Use();
    override reach = async () => null;
    override dialWeb = async (...asked: Parameters<LinksService['dialWeb']>) => {
      dials.add(asked[4]);
      const [near, far] = duplexPair();
      const own = {
        setKeepAlive: () => far,
        setTimeout: () => far,
        setNoDelay: () => far,
        ref: () => far,
        unref: () => far,
      };
      server.emit('connection', Object.assign(far, own));
      return Object.assign(near, own);
    };
  }
  const place = placeOf(systemClock, new Links());
  const ready = () => expect.poll(() => place.state.phase, { interval: 5 }).toBe('ready');
  place.prepare();
  await ready();
  for (let times = 0; times < 30; times++) {
    place.markDown(new BerthError('tunnel-lost', { place: 'container' }));
    await ready();
  }
  const steps = place.state.log.map(({ step }) => step);
  expect(steps).toEqual(['lost', 'connect', 'connected', 'launch', 'launched', 'answered']);
  place.dispose();
  expect(dials.size).toBeGreaterThanOrEqual(30);
  // A signal that is joined to one that lives on stays; one that was kept would be told of the end now.
  expect(joined).not.toHaveBeenCalled();
  expect([...dials].filter((signal) => signal?.aborted !== false)).toEqual([]);
});

it('ends what is being dialled when it is closed', async () => {
  const dials: AbortSignal[] = [];
  class Links extends doubleOf<LinksService>() {
    override acquire = (): SessionUse => new Use();
    override reach = async () => null;
    override dialWeb = (...asked: Parameters<LinksService['dialWeb']>): ReturnType<LinksService['dialWeb']> => {
      const [signal] = asked.slice(4) as AbortSignal[];
      if (signal) dials.push(signal);
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new BerthError('cancelled', { place: 'computer' })));
      });
    };
  }
  const place = placeOf(systemClock, new Links());
  place.prepare();
  await expect.poll(() => dials.length, { interval: 5 }).toBe(1);
  place.dispose();
  expect(dials.map((signal) => signal.aborted)).toEqual([true]);
});
