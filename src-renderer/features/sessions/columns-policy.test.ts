import { describe, expect, it } from 'vitest';
import type { ListColumn } from '../../../src-preload/contract/session-view.ts';
import {
  allowedColumns,
  defaultColumns,
  type IdleInList,
  layOut,
  layOutList,
  moveColumn,
  nextSort,
  showColumn,
  sizeColumn,
  sortSessions,
} from './columns-policy.ts';
import { makeSession as session } from './testing.ts';

const tracks = (template: string) => template.match(/minmax\([^)]*\)|\S+/g) ?? [];

describe('layOut', () => {
  it('shows all usual columns in a usual window, and drops the least wanted first in a narrow one', () => {
    expect(layOut(defaultColumns, null, 1180, true).shown).toEqual([
      'status',
      'environment',
      'cpu',
      'memory',
      'gpu',
      'idle',
      'age',
    ]);
    // At its usual width a window has room for charts or for idle checks: calm ones give way.
    const usual = (width: number, idle: IdleInList) => layOutList(defaultColumns, null, width, true, idle);
    expect([usual(1080, 'none'), usual(1080, 'calm')].map(({ lean, shown }) => [lean, shown.includes('idle')])).toEqual(
      [
        [false, false],
        [false, false],
      ],
    );
    expect(usual(1300, 'calm').shown).toContain('idle');
    expect(usual(1080, 'near')).toMatchObject({ lean: true, shown: expect.arrayContaining(['idle']) });
    expect(usual(600, 'near').shown).toEqual(['status', 'idle']);
    const narrow = layOut(defaultColumns, null, 680, true).shown;
    expect(narrow).toEqual(['status', 'memory', 'gpu']);
    expect([1180, 1000, 680].map((width) => layOut(defaultColumns, null, width, true).lean)).toEqual([
      false,
      true,
      true,
    ]);
    expect(layOut(defaultColumns, null, 200, true).shown).toEqual([]);
  });
  it('keeps the person’s order and widths, with a track for each cell', () => {
    const wanted: ListColumn[] = [{ id: 'age', width: 99 }, { id: 'status' }, { id: 'from-a-newer-berth' }];
    const { shown, template } = layOut(wanted, 200, 1100, true);
    expect(shown).toEqual(['age', 'status']);
    expect(tracks(template)).toHaveLength(1 + 1 + 2 + 1);
    expect(tracks(template).slice(1, 4)).toEqual(['200px', '99px', '104px']);
    expect(tracks(layOut(wanted, null, 1100, false).template)).toHaveLength(1 + 2 + 1);
  });
});

describe('sortSessions', () => {
  const rows = [
    session('a', { name: 'Beta', slots: { cpu: '10' }, terminatedAt: '2026-01-02T00:00:00Z' }),
    session('b', { name: 'alpha', slots: { cpu: '9' } }),
    session('c', { name: 'alpha', slots: { cpu: '2' }, terminatedAt: '2026-01-03T00:00:00Z' }),
  ];
  const sorted = (column: string, descending = false) => sortSessions(rows, { column, descending }).map((it) => it.id);

  it('leaves the list alone without an order, and with one of a column it does not know', () => {
    expect(sortSessions(rows, null)).toBe(rows);
    expect(sortSessions(rows, { column: 'from-a-newer-berth', descending: false })).toBe(rows);
  });
  it('sorts words without regard to case, numbers as numbers, and keeps equal rows in their order', () => {
    expect(sorted('name')).toEqual(['b', 'c', 'a']);
    expect(sorted('cpu')).toEqual(['c', 'b', 'a']);
    expect(sorted('cpu', true)).toEqual(['a', 'b', 'c']);
  });
  it('puts rows without a value last both ways', () => {
    expect(sorted('ended')).toEqual(['a', 'c', 'b']);
    expect(sorted('ended', true)).toEqual(['c', 'a', 'b']);
  });
  it('goes up, down and back', () => {
    const up = nextSort(null, 'name');
    const down = nextSort(up, 'name');
    expect([up, down, nextSort(down, 'name')]).toEqual([
      { column: 'name', descending: false },
      { column: 'name', descending: true },
      null,
    ]);
    expect(nextSort(down, 'cpu')).toEqual({ column: 'cpu', descending: false });
  });
});

describe('columns', () => {
  const list: ListColumn[] = [{ id: 'status' }, { id: 'cpu' }, { id: 'age' }];
  const ids = (columns: readonly ListColumn[]) => columns.map((it) => it.id);
  it('move, hide, show at the end, and take a width within limits', () => {
    expect(ids(moveColumn(list, 'cpu', -1))).toEqual(['cpu', 'status', 'age']);
    expect(moveColumn(list, 'age', 1)).toBe(list);
    expect(ids(showColumn(list, 'status', false))).toEqual(['cpu', 'age']);
    expect(ids(showColumn(list, 'project', true))).toEqual(['status', 'cpu', 'age', 'project']);
    expect(sizeColumn(list, 'cpu', 3)[1]).toEqual({ id: 'cpu', width: 48 });
  });
});

it('names machines only to those who may know them', () => {
  const list = [{ id: 'status' }, { id: 'agents' }, { id: 'id' }];
  expect(allowedColumns(list, true)).toEqual(list);
  expect(allowedColumns(list, false)).toEqual([{ id: 'status' }, { id: 'id' }]);
});
