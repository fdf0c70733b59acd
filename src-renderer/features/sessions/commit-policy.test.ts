import { expect, it } from 'vitest';
import { commitRefusal } from './commit-policy.ts';

it('saves running sessions of one’s own where the site has it, and says else why not', () => {
  const may = (status: string, commit?: 'offered' | 'off' | 'unsupported', others = false) =>
    commitRefusal({ status }, commit === undefined ? undefined : { commit }, others);
  expect(may('RUNNING', 'offered')).toBeNull();
  expect(may('RUNNING')).toBeNull();
  expect(may('RUNNING', 'off')).toBe('commit.not.off');
  expect(may('RUNNING', 'unsupported')).toBe('commit.not.unsupported');
  expect(may('RUNNING_DEGRADED', 'offered')).toBe('commit.not.running');
  expect(may('RUNNING', 'offered', true)).toBe('commit.not.yours');
});
