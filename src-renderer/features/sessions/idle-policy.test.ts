import { expect, test } from 'vitest';
import type { IdleCheck } from '../../../src-preload/contract/session-facts.ts';
import { applying, firstEnd, idleOf, stateOf, stateOfResource, worstCheck } from './idle-policy.ts';
import { makeSession } from './testing.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const hours = (n: number) => new Date(now + n * 3_600_000).toISOString();
const check = (name: string, endsAt: string | null, over: Partial<IdleCheck> = {}): IdleCheck => ({
  name,
  endsAt,
  checking: false,
  kind: 'expire',
  resources: [],
  operator: null,
  ...over,
});
const use = (average: number | null, threshold = 10) => ({ name: 'cpu_util', average, threshold });

test('by the time that is left: an hour, four hours; unknown is being checked', () => {
  const states = [hours(0.5), hours(2), hours(5), null].map((at) => stateOf(check('session_lifetime', at), now));
  expect(states).toEqual(['risk', 'warning', 'safe', 'checking']);
  expect(stateOf(check('utilization', hours(0.5), { kind: 'grace' }), now)).toBe('safe');
});

test('use is judged by its figures, in the last four hours, by the site’s own rule', () => {
  expect([14, 19, 20, -1, null].map((it) => stateOfResource(use(it)))).toEqual(['risk', 'warning', 'safe', null, null]);
  const of = (operator: 'and' | 'or', at = hours(1)) =>
    stateOf(check('utilization', at, { resources: [use(1), use(90)], operator }), now);
  expect([of('or'), of('and'), of('or', hours(5))]).toEqual(['risk', 'safe', 'safe']);
  expect(stateOf(check('utilization', hours(1), { resources: [use(-1)] }), now)).toBe('checking');
});

test('a row tells the worst check, of equally bad ones the soonest; one that does not apply is none', () => {
  const session = makeSession('a', {
    idleChecks: [
      check('network_timeout', hours(3)),
      check('session_lifetime', hours(2)),
      check('utilization', null),
      check('made_up', hours(9)),
    ],
  });
  expect(applying(session)).toHaveLength(3);
  expect(worstCheck(session, now)).toMatchObject({ state: 'warning', check: { name: 'session_lifetime' } });
  expect(firstEnd(session)).toBe(hours(2));
  expect(worstCheck({ ...session, family: 'finished' }, now)).toBeNull();
  expect(idleOf([makeSession('b'), session], now)).toBe('near');
  expect(idleOf([makeSession('b', { idleChecks: [check('made_up', hours(9))] })], now)).toBe('calm');
  expect(idleOf([makeSession('b')], now)).toBe('none');
});
