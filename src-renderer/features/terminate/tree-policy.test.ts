import { describe, expect, it } from 'vitest';
import type { LossEntry } from '../../../src-preload/contract/files.ts';
import { Chosen, openAtFirst, treeOf, visibleNodes } from './tree-policy.ts';

const entries: LossEntry[] = [
  ['a/one', 1, 'file'],
  ['a/sub/two', 2, 'file'],
  ['a/sub/link', 0, 'link'],
  ['b', 4, 'file'],
  ['sub/x', 8, 'file'],
  ['/tmp/y', 16, 'file'],
];

describe('the tree of what would be lost', () => {
  it('has folders with their sums, in order', () => {
    expect(
      treeOf(entries).map(({ name, level, kind, bytes, first, last }) => [name, level, kind, bytes, first, last]),
    ).toEqual([
      ['a', 1, 'folder', 3, 0, 2],
      ['one', 2, 'file', 1, 0, 0],
      ['sub', 2, 'folder', 2, 1, 2],
      ['two', 3, 'file', 2, 1, 1],
      ['link', 3, 'link', 0, 2, 2],
      ['b', 1, 'file', 4, 3, 3],
      ['sub', 1, 'folder', 8, 4, 4],
      ['x', 2, 'file', 8, 4, 4],
      ['/tmp', 1, 'folder', 16, 5, 5],
      ['y', 2, 'file', 16, 5, 5],
    ]);
  });

  it('shows what is open', () => {
    const nodes = treeOf(entries);
    const names = (open: Set<number>) => visibleNodes(nodes, open).map(({ name }) => name);
    expect(names(new Set())).toEqual(['a', 'b', 'sub', '/tmp']);
    expect(names(new Set([0]))).toEqual(['a', 'one', 'sub', 'b', 'sub', '/tmp']);
    expect(names(openAtFirst(nodes, 6))).toHaveLength(6);
    expect(names(openAtFirst(nodes))).toHaveLength(10);
  });

  it('keeps what is chosen as ranges', () => {
    const all = Chosen.all(6);
    expect(all.ranges()).toEqual([[0, 5]]);
    const some = all.toggled(1, 2).toggled(5, 5);
    expect(some.ranges()).toEqual([
      [0, 0],
      [3, 4],
    ]);
    expect([some.stateOf(0, 2), some.stateOf(1, 2), some.stateOf(3, 4)]).toEqual(['some', 'none', 'all']);
    expect(some.bytes(entries)).toBe(13);
    expect(some.toggled(0, 2).count).toBe(5);
  });
});
