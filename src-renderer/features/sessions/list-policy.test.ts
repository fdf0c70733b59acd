import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session, SessionList } from '../../../src-preload/contract/sessions.ts';
import { applyChange, type Change, mergeChanges, newestFirst } from './list-policy.ts';
import { makeSession as session } from './testing.ts';

const counts = { running: 2, finished: 0, other: 0 };
const list = (sessions: Session[]): SessionList => ({
  sessions,
  counts,
  asOf: '2026-01-01T10:00:00Z',
  complete: true,
  live: 'events',
});
const change = (over: Partial<Change>): Change => ({
  changed: [],
  removed: [],
  counts,
  asOf: '2026-01-01T10:01:00Z',
  complete: true,
  live: 'events',
  ...over,
});
const ids = (it: SessionList) => it.sessions.map((row) => row.id);

describe('applyChange', () => {
  const a = session('a', { createdAt: '2026-01-02T00:00:00Z' });
  const b = session('b', { createdAt: '2026-01-01T00:00:00Z' });

  it('replaces a row in place and keeps the others’ identity', () => {
    const after = applyChange(list([a, b]), 'running', change({ changed: [session('b', { ...b, name: 'renamed' })] }));
    expect(ids(after)).toEqual(['a', 'b']);
    expect(after.sessions[0]).toBe(a);
    expect(after.sessions[1]?.name).toBe('renamed');
  });

  it('puts a new row where its age belongs', () => {
    const newest = session('c', { createdAt: '2026-01-03T00:00:00Z' });
    const middle = session('d', { createdAt: '2026-01-01T12:00:00Z' });
    expect(ids(applyChange(list([a, b]), 'running', change({ changed: [middle, newest] })))).toEqual([
      'c',
      'a',
      'd',
      'b',
    ]);
  });

  it('moves a row from one tab to the other', () => {
    const ended = session('a', { ...a, tab: 'finished', family: 'finished', status: 'TERMINATED' });
    expect(ids(applyChange(list([a, b]), 'running', change({ changed: [ended] })))).toEqual(['b']);
    expect(ids(applyChange(list([]), 'finished', change({ changed: [ended] })))).toEqual(['a']);
  });

  it('drops what was removed, even when it also changed', () => {
    expect(ids(applyChange(list([a, b]), 'running', change({ removed: ['b'] })))).toEqual(['a']);
    expect(ids(applyChange(list([b]), 'running', change({ changed: [a], removed: ['a'] })))).toEqual(['b']);
  });

  it('takes over the state of watching, and lets go of an error that is over', () => {
    const error = { code: 'offline', place: 'site', retry: 'auto', params: {} } as const;
    const failed = applyChange(list([a]), 'running', change({ error, live: 'none' }));
    expect(failed).toMatchObject({ error, live: 'none', sessions: [a] });
    expect(applyChange(failed, 'running', change({}))).not.toHaveProperty('error');
  });
});

describe('mergeChanges', () => {
  it('ends where one change after the other would', () => {
    const row = fc.constantFrom('a', 'b', 'c', 'd');
    const one = fc.record({
      changed: fc.uniqueArray(fc.record({ id: row, at: fc.integer({ min: 1, max: 9 }) }), { selector: (it) => it.id }),
      removed: fc.uniqueArray(row),
    });
    fc.assert(
      fc.property(one, one, (first, second) => {
        const [earlier, later] = [first, second].map(({ changed, removed }) =>
          change({
            changed: changed
              .filter(({ id }) => !removed.includes(id))
              .map(({ id, at }) => session(id, { createdAt: `2026-01-0${at}T00:00:00Z` })),
            removed,
          }),
        ) as [Change, Change];
        const before = list([session('a'), session('b')].sort(newestFirst));
        const apart = applyChange(applyChange(before, 'running', earlier), 'running', later);
        expect(applyChange(before, 'running', mergeChanges(earlier, later))).toEqual(apart);
      }),
    );
  });
  it('keeps the array of a tab that nothing happened on', () => {
    const before = list([session('a')]);
    const elsewhere = change({ changed: [session('b', { tab: 'finished' })] });
    expect(applyChange(before, 'running', elsewhere).sessions).toBe(before.sessions);
  });
});
