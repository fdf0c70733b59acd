import { describe, expect, it } from 'vitest';
import { readPlace, sections, writePlace } from './place-policy.ts';

const id = '5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13';
const account = 'a1b2c3d4-e5f6';

describe('places', () => {
  it('are read as they were written', () => {
    for (const section of sections) {
      for (const open of [null, { accountId: account, id }])
        expect(readPlace(writePlace({ section, open }))).toEqual({ section, open });
    }
  });

  it.each([
    '',
    '#',
    '#nowhere',
    `#nowhere/${account}/${id}`,
    `#sessions/${account}`,
    `#sessions/${account}/${id}/more`,
    `#sessions//${id}`,
    `#sessions/${account}/not-an-id`,
    `#sessions/${account}/${id.toUpperCase()}`,
    `#sessions/${account}/${id}?terminate`,
    `#sessions/../../${id}`,
    '#__proto__/x/y',
  ])('%j opens nothing', (hash) => {
    expect(readPlace(hash)).toEqual({ section: 'sessions', open: null });
  });
});
