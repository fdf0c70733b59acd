import { expect, test } from 'vitest';
import { readPort } from './port-policy.ts';

test('a port is a number from 1 to 65535', () => {
  expect(['1', ' 8080 ', '65535', '0', '65536', '', 'http', '80.5', '-1', '1e3', '0x50'].map(readPort)).toEqual([
    1,
    8080,
    65_535,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});
