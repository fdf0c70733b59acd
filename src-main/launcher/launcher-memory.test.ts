import { expect, it } from 'vitest';
import type { DocumentStore } from '../hosts/host.ts';
import { LauncherMemory } from './launcher-memory.ts';

function memoryStore(document: Record<string, unknown> = {}): DocumentStore & { document: Record<string, unknown> } {
  const store = {
    path: '/nowhere/launcher.json',
    document,
    read: () => store.document,
    write: (next: Record<string, unknown>) => {
      store.document = next;
    },
  };
  return store;
}

it('keeps pinned and recent environments by account, and what it does not know', () => {
  const store = memoryStore({ accounts: { b: { pinned: ['x'], recent: [] } }, other: 1 });
  const memory = new LauncherMemory(store);
  memory.pin('a', 'python', true);
  for (const id of ['1', '2', '3', '4', '5', '6', '3']) memory.used('a', id);
  expect(memory.of('a')).toEqual({ pinned: ['python'], recent: ['3', '6', '5', '4', '2'] });
  memory.pin('a', 'python', false);
  expect(memory.of('a').pinned).toEqual([]);
  expect(memory.of('b').pinned).toEqual(['x']);
  expect(store.document.other).toBe(1);
});

it('begins afresh where the document holds something else', () => {
  expect(new LauncherMemory(memoryStore({ accounts: 7 })).of('a')).toEqual({ pinned: [], recent: [] });
});
