import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { doubleOf } from '../base/test-double.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { holdLimits } from './hold-gate.ts';
import { Place } from './place.ts';

it('waits for a service as long as it may, and gathers nothing meanwhile', async () => {
  const clock = new FakeClock();
  const signals: AbortSignal[] = [];
  class Use extends doubleOf<SessionUse>() {
    override ready = async () => ({}) as never;
    override touch = () => undefined;
    override dispose = () => undefined;
  }
  class Links extends doubleOf<LinksService>() {
    override acquire = (): SessionUse => new Use();
    override reach = (_ref: unknown, _service: unknown, _fresh: boolean, signal?: AbortSignal) => {
      if (signal) signals.push(signal);
      return Promise.reject(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' }));
    };
  }
  const place = new Place({
    links: new Links(),
    clock,
    ref: { accountId: 'a', sessionId: 's' },
    service: { name: 'jupyter', protocol: 'http', ports: [8080], urlTemplate: null },
    listenPort: 1,
    hold: holdLimits,
    sessionName: 's',
    site: { name: 'site', colour: 'blue' },
  });
  place.prepare();
  await clock.advance(60_000);
  const [signal] = signals;
  if (!signal) throw new Error('Nothing was asked');
  expect(signals.length).toBeGreaterThan(20);
  expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  place.dispose();
  expect(clock.pending).toBe(0);
});
