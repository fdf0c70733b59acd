import { expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { SessionChannels } from './session-channels.ts';

const odd = () => new BerthError('no-sftp', { place: 'container', retry: 'auto' });

it('asks again where a refusal may be none, and no more than twice', async () => {
  const channels = new SessionChannels();
  let asked = 0;
  const refusedTimes = (times: number) => async () => {
    asked += 1;
    if (asked <= times) throw odd();
    return 'open';
  };
  const ask = (times: number, isDead = false, isOdd = true) => {
    asked = 0;
    return channels.inTurn(
      refusedTimes(times),
      () => isDead,
      () => isOdd,
    );
  };
  expect(await ask(2)).toBe('open');
  await expect(ask(3)).rejects.toMatchObject({ code: 'no-sftp' });
  expect(asked).toBe(3);
  await expect(ask(1, true)).rejects.toMatchObject({ code: 'no-sftp' });
  await expect(ask(1, false, false)).rejects.toMatchObject({ code: 'no-sftp' });
  expect(asked).toBe(1);
});
