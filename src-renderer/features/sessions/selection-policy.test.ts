import { describe, expect, it } from 'vitest';
import { extend, nothing, prune, type Selection, toggle, toggleAll } from './selection-policy.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const ids = (selection: Selection) => [...selection.ids].sort();

describe('selection', () => {
  it('ticks and unticks one', () => {
    expect(ids(toggle(toggle(nothing, 'b'), 'd'))).toEqual(['b', 'd']);
    expect(ids(toggle(toggle(nothing, 'b'), 'b'))).toEqual([]);
  });
  it('extends from where it began, both ways, and adds to what is ticked', () => {
    const from = toggle(toggle(nothing, 'a'), 'c');
    expect(ids(extend(from, 'e', order))).toEqual(['a', 'c', 'd', 'e']);
    expect(ids(extend(toggle(nothing, 'c'), 'b', order))).toEqual(['b', 'c']);
    expect(ids(extend(nothing, 'b', order))).toEqual(['b']);
    expect(extend(from, 'not-there', order)).toBe(from);
  });
  it('ticks all, then none', () => {
    const all = toggleAll(toggle(nothing, 'a'), order);
    expect(ids(all)).toEqual(order);
    expect(ids(toggleAll(all, order))).toEqual([]);
    expect(ids(toggleAll(nothing, []))).toEqual([]);
  });
  it('drops what is gone, and stays itself when nothing is', () => {
    const both = toggle(toggle(nothing, 'a'), 'b');
    expect(ids(prune(both, (id) => id === 'a'))).toEqual(['a']);
    expect(prune(both, () => true)).toBe(both);
  });
});
