import { describe, expect, it } from 'vitest';
import { withKeyPath } from './ssh-command-policy.ts';

const rest = "-o IdentitiesOnly=yes -o 'ProxyCommand=berth proxy' work@calm-quay-27";

describe('withKeyPath', () => {
  it.each([
    ['~/.ssh/berth_a', '/home/kim/keys/a', '/home/kim/keys/a'],
    ['~/.ssh/berth_a', '/home/kim/my keys/a', "'/home/kim/my keys/a'"],
    ['~/.ssh/berth_a', "/home/o'neil/$&", "'/home/o'\\''neil/$&'"],
    ["'/home/o'\\''neil/a b'", '/tmp/k', '/tmp/k'],
    ['"C:\\Users\\kim lee\\.ssh\\berth_a"', 'D:\\keys\\a b', '"D:\\keys\\a b"'],
  ])('%s -> %s: %s', (before, saved, after) => {
    expect(withKeyPath(`ssh -i ${before} ${rest}`, saved)).toBe(`ssh -i ${after} ${rest}`);
  });
});
