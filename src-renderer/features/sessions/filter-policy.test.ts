import { describe, expect, it } from 'vitest';
import type { ListFilter } from '../../../src-preload/contract/session-view.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { countTypes, filterSessions, findSessions, selectSessions } from './filter-policy.ts';
import { makeSession as session } from './testing.ts';

const word = (it: Session) => (it.status === 'PENDING' ? 'Waiting' : 'Running');

describe('findSessions', () => {
  const rows = [
    session('1', { name: 'train-vit', environment: 'PyTorch 2.6', image: 'r/torch:2.6', mounts: ['data'] }),
    session('2', { name: 'notes', status: 'PENDING', family: 'waiting' }),
  ];
  const find = (text: string) => findSessions(rows, text, word).map((it) => it.id);

  it('gives everything for nothing', () => expect(findSessions(rows, '  ', word)).toBe(rows));
  it('looks at names, environments, images, folders, shown and raw statuses', () => {
    expect(find('VIT')).toEqual(['1']);
    expect(find('pytorch')).toEqual(['1']);
    expect(find('r/torch')).toEqual(['1']);
    expect(find('data')).toEqual(['1']);
    expect(find('waiting')).toEqual(['2']);
    expect(find('pending')).toEqual(['2']);
  });
  it('wants every word', () => {
    expect(find('train running')).toEqual(['1']);
    expect(find('train waiting')).toEqual([]);
  });
});

describe('filterSessions', () => {
  const rows = [
    session('1', { name: 'train', image: 'r/torch:2', mounts: ['data', 'out'], createdAt: '2026-03-01T12:00:00Z' }),
    session('2', { name: 'eval', resourceGroup: null, createdAt: '2026-03-05T12:00:00Z' }),
    session('3', { name: 'training', status: 'PENDING', terminatedAt: '2026-03-06T12:00:00Z' }),
  ];
  const left = (...filters: ListFilter[]) => filterSessions(rows, filters, word).map((it) => it.id);

  it('gives everything for nothing', () => expect(filterSessions(rows, [], word)).toBe(rows));
  it('wants a part, the whole, or not the whole, whatever the case', () => {
    expect(left({ field: 'name', operator: 'contains', value: 'TRAIN' })).toEqual(['1', '3']);
    expect(left({ field: 'name', operator: 'is', value: 'Train' })).toEqual(['1']);
    expect(left({ field: 'name', operator: 'not', value: 'train' })).toEqual(['2', '3']);
  });
  it('looks at each folder, both names of an image, both words of a status', () => {
    expect(left({ field: 'folder', operator: 'is', value: 'out' })).toEqual(['1']);
    expect(left({ field: 'image', operator: 'contains', value: 'torch' })).toEqual(['1']);
    expect(left({ field: 'status', operator: 'is', value: 'waiting' })).toEqual(['3']);
    expect(left({ field: 'status', operator: 'is', value: 'PENDING' })).toEqual(['3']);
  });
  it('takes one of several for the same property, all of different ones, and every not', () => {
    const name = (value: string): ListFilter => ({ field: 'name', operator: 'is', value });
    expect(left(name('train'), name('eval'))).toEqual(['1', '2']);
    expect(left(name('train'), name('eval'), { field: 'resourceGroup', operator: 'is', value: 'default' })).toEqual([
      '1',
    ]);
    expect(
      left({ field: 'name', operator: 'not', value: 'train' }, { field: 'name', operator: 'not', value: 'eval' }),
    ).toEqual(['3']);
  });
  it('bounds times on both sides; what has not ended has no end', () => {
    const created = (operator: 'after' | 'before', value: string): ListFilter => ({
      field: 'created',
      operator,
      value,
    });
    expect(left(created('after', '2026-03-03'), { field: 'name', operator: 'is', value: 'eval' })).toEqual(['2']);
    expect(left(created('after', '2026-02-01'), created('before', '2026-03-03'))).toEqual(['1']);
    expect(left({ field: 'ended', operator: 'after', value: '2026-01-01' })).toEqual(['3']);
  });
});

describe('types', () => {
  const rows = [session('1'), session('2', { type: 'batch' }), session('3', { type: 'system' })];
  it('are counted, and what is none of a person’s is the system’s', () => {
    expect(countTypes(rows)).toEqual({ all: 3, interactive: 1, batch: 1, inference: 0, system: 1 });
    expect(selectSessions(rows, { type: 'system', filters: [] }, '', word).map((it) => it.id)).toEqual(['3']);
  });
});
