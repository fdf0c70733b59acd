import { expect, test } from 'vitest';
import type { IdleCheck } from '../../src-preload/contract/session-facts.ts';
import { SessionBook } from './session-book.ts';
import { makeSession } from './testing.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const ends = (seconds: number | null): IdleCheck => ({
  name: 'network_timeout',
  endsAt: seconds === null ? null : new Date(start + seconds * 1000).toISOString(),
  checking: false,
  kind: 'expire',
  resources: [],
  operator: null,
});

test('an answer that says the same end a little later or earlier changes nothing; one that was used changes', () => {
  const book = new SessionBook(() => undefined);
  const told = [600, 614.2, 600.4, 599.3, 612, 640, 590, null].map((seconds) => {
    book.put(makeSession(1, 'RUNNING', { idleChecks: [ends(seconds)] }));
    return book.takeChanges(10).changed.map(({ idleChecks }) => idleChecks?.[0]?.endsAt ?? null);
  });
  const at = (seconds: number) => ends(seconds).endsAt;
  expect(told).toEqual([[at(600)], [], [], [], [], [at(640)], [at(590)], [null]]);
});
