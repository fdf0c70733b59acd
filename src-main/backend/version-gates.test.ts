import { describe, expect, it } from 'vitest';
import { featuresOf, pickApiVersion } from './version-gates.ts';

describe('pickApiVersion', () => {
  it.each([
    ['v6.20220615', 'v6.20220615'],
    ['v6.20230315', 'v6.20230315'],
    ['v7.20230615', 'v7.20230615'],
    ['v8.20240315', 'v8.20240315'],
    ['v8.20240915', 'v8.20240915'],
    ['v9.20250722', 'v9.20250722'],
    ['v9.20991231', 'v9.20250722'],
    ['v10.20300101', 'v9.20250722'],
    ['v8.20250101', 'v8.20240915'],
  ])('%s -> %s', (announced, picked) => {
    expect(pickApiVersion({ announced, manager: '1.0' })).toBe(picked);
  });

  it.each(['v5.20191215', 'v6.20210815', 'banana', ''])('refuses %j', (announced) => {
    expect(() => pickApiVersion({ announced, manager: '21.3.1' })).toThrow(
      expect.objectContaining({ code: 'version-unsupported' }),
    );
  });
});

describe('featuresOf', () => {
  it.each([
    ['22.03.14', 'statusHistory', false],
    ['22.09.18', 'idleChecks', false],
    ['22.09.19', 'idleChecks', true],
    ['22.10.30', 'idleChecks', false],
    ['23.03.0', 'idleChecks', true],
    ['24.03.0', 'kernelIds', false],
    ['24.03.1', 'kernelIds', true],
    ['24.03.6', 'downloadByPost', false],
    ['24.03.7', 'downloadByPost', true],
    ['26.8.0rc1', 'acceleratorQuantum', true],
    ['25.5.0.dev3', 'acceleratorQuantum', true],
    ['nonsense', 'requestedSlots', false],
  ] as const)('%s can %s: %s', (manager, feature, can) => {
    expect(featuresOf(manager)(feature)).toBe(can);
  });
});
