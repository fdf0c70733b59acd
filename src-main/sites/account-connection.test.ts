import { describe, expect, it } from 'vitest';
import type { Identity } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import { FakeClock, FakeSite, settle } from '../sessions/testing.ts';
import { AccountConnection, type Connected } from './account-connection.ts';

const identity: Identity = { email: 'me@example.com', fullName: 'Me', domain: 'default', role: 'user', projects: [] };

describe('AccountConnection', () => {
  it('checks a working account without disturbing what is under way, and without waking anybody', async () => {
    const made: { connected: Connected; disposed: boolean }[] = [];
    let wakes = 0;
    const connection = new AccountConnection({
      connect: async () => {
        const one = { disposed: false };
        const api = Object.assign(new FakeSite(), {
          dispose: () => {
            one.disposed = true;
          },
        });
        const connected = { api, identity, manager: '24.09.5', endsAt: null, canExtend: false, skewMs: 0 };
        made.push(Object.assign(one, { connected }));
        return connected;
      },
      clock: new FakeClock(),
      random: () => 0.5,
      onChange: () => undefined,
      onConnected: () => {
        wakes += 1;
      },
    });
    await connection.connect();
    const api = connection.connected?.api;
    connection.report(new BerthError('unauthorised', { place: 'manager' }));
    await settle();
    expect(made.map(({ disposed }) => disposed)).toEqual([false, true]);
    expect(connection.connected?.api).toBe(api);
    expect(wakes).toBe(1);
    connection.dispose();
    expect(made[0]?.disposed).toBe(true);
  });
});
