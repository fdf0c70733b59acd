import { expect, it } from 'vitest';
import { settle } from './testing/fake-clock.ts';
import { fakeLink } from './testing/fake-link.ts';

it('lets go of a session that is being ended: nobody but a person, or its refusal, brings it back', async () => {
  const rig = fakeLink();
  const { clock, link } = rig;
  const use = link.use({ kind: 'terminal' });
  await use.ready();
  link.suspend('ending');
  expect(link.value).toMatchObject({ state: 'connecting', error: { params: { reason: 'ending' } } });
  const typing = use.ready();
  link.networkChanged();
  await clock.advance(3_600_000);
  expect(rig.tries).toBe(1);
  link.resume();
  await settle();
  expect(await typing).toBe(use.connection);
  link.suspend('ending');
  link.retry();
  await settle();
  expect(link.state).toBe('up');
});
