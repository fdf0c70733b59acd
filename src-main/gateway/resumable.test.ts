import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { Resumable } from './resumable.ts';

it('hears at once of a connection that was cut while it was opened', async () => {
  const clock = new FakeClock();
  const connect = async () => {
    const [near] = duplexPair();
    await once(near.destroy(), 'close');
    return near;
  };
  const stream = new Resumable({ connect, secret: 's', port: 80, clock });
  await expect(stream.begin()).rejects.toMatchObject({ code: 'tunnel-lost', retry: 'auto' });
  expect(clock.pending).toBe(0);
  stream.destroy();
});
