/** Beyond the golden cases: never, computed reasons, help, odd input. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Waiting } from '../../src-preload/contract/waiting.ts';
import { bound, gib, id, noInstances, nothing, predicate, step } from './testing/waiting.ts';
import { readAmounts } from './wait-sentence-policy.ts';
import { explainWaiting, type WaitingFacts } from './waiting-policy.ts';

test('says that it will not start by waiting, and only then', () => {
  const never = (facts: Partial<WaitingFacts>) => explainWaiting({ ...nothing, ...facts }).never;
  const dependency = predicate('dependencies', `Waiting dependency sessions to finish as success. (prep (${id}))`);
  const known = (status: string, result: string | null) => ({ dependencies: [{ id, name: 'prep', status, result }] });
  expect(never({ ...dependency, ...known('RUNNING', 'UNDEFINED') })).toBe(false);
  expect(never({ ...dependency, ...known('CANCELLED', 'UNDEFINED') })).toBe(true);
  expect(never({ ...dependency, ...known('TERMINATED', 'FAILURE') })).toBe(true);
  expect(never({ ...dependency, ...known('TERMINATED', null) })).toBe(false);
  expect(
    never(
      predicate('keypair_resource_limit', 'Your keypair resource quota is exceeded. (cpu=8 mem=64g cuda.device=4)'),
    ),
  ).toBe(false);
  expect(
    never(noInstances('No agents found to be compatible with the image architecture (image: x, arch: aarch64)')),
  ).toBe(true);
  expect(never({ limits: { bounds: [bound('cuda.device', 1, 1, 'policy')], sessionsLeft: null } })).toBe(true);
  expect(never({ limits: { bounds: [bound('cuda.device', 4, 1, 'policy')], sessionsLeft: null } })).toBe(false);
});

test('without a word of the site, what is asked is compared with what is left', () => {
  const waiting = explainWaiting({
    ...nothing,
    queuePosition: 2,
    limits: {
      bounds: [
        bound('cpu', 16, 12, 'policy'),
        bound('cuda.device', null, 1, 'resource-group'),
        bound('mem', 16 * gib, 4 * gib, 'project'),
      ],
      sessionsLeft: null,
    },
  });
  expect(waiting).toMatchObject({
    computed: true,
    never: false,
    place: 3,
    said: [],
    reasons: [
      { kind: 'room', slot: 'cuda.device', asked: 2, free: 1, missing: 1, on: 'group' },
      { kind: 'quota', of: 'project', over: [{ slot: 'mem', asked: 8 * gib, used: 12 * gib, limit: 16 * gib }] },
    ],
    help: [{ do: 'ask-less', slot: 'cuda.device', by: 1 }, { do: 'other-group' }],
  });
});

test('“no room” gives way to the amounts that are short, and a sentence nobody understands stays beside them', () => {
  const limits = { bounds: [bound('cuda.device', null, 0, 'resource-group')], sessionsLeft: null };
  const room = { kind: 'room', slot: 'cuda.device', asked: 2, free: 0 };
  expect(explainWaiting({ ...nothing, statusInfo: 'no-available-instances', limits }).reasons).toMatchObject([room]);
  const free = explainWaiting({ ...nothing, statusInfo: 'Please be patient', limits });
  expect(free.reasons).toMatchObject([{ kind: 'other', text: 'Please be patient' }, room]);
  expect(free).toMatchObject({ computed: false, said: ['Please be patient'] });
});

test('how much of a quota others use is told where check-presets tells it', () => {
  const waiting = explainWaiting({
    ...nothing,
    ...predicate('keypair_resource_limit', 'Your keypair resource quota is exceeded. (cpu=16 cuda.device=4)'),
    limits: { bounds: [bound('cuda.device', 4, 1, 'policy')], sessionsLeft: null },
  });
  expect(waiting.reasons).toMatchObject([
    { over: [{ slot: 'cuda.device', asked: 2, used: 3, limit: 4 }], never: false },
  ]);
  expect(waiting.help).toEqual([{ do: 'ask-less', slot: 'cuda.device', by: 1 }, { do: 'end-a-session' }]);
});

test('counts tries, keeps the site’s own words whole, and never throws on any shape', () => {
  const text =
    "1 requirement(s) could not be placed:\n- requirement #0 (containers=1, arch=x86_64, slots=cpu=4): no agents passed the 'resource' filter\n  - cpu: missing=2";
  expect(explainWaiting({ ...nothing, ...step(text) })).toMatchObject({
    tries: 12,
    lastTryAt: '2026-01-01T00:00:05.000Z',
    said: [text],
  });
  expect(explainWaiting({ ...nothing, ...noInstances('x') })).toMatchObject({
    tries: 7,
    lastTryAt: '2026-01-01T00:00:00.000Z',
  });
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (statusData, statusInfo) => {
      Waiting.parse(explainWaiting({ ...nothing, statusData, statusInfo }));
      Waiting.parse(
        explainWaiting({
          ...nothing,
          statusData: { scheduler: { failed_predicates: [{ name: statusInfo, msg: statusInfo }], msg: statusData } },
        }),
      );
    }),
  );
});

test('amounts of every era', () => {
  expect(readAmounts('cpu=4 mem=16g cuda.shares=0.5')).toEqual({ cpu: 4, mem: 16 * gib, 'cuda.shares': 0.5 });
  expect(readAmounts('cpu=1000 mem=2 GiB')).toEqual({ cpu: 1000, mem: 2 * gib });
  expect(readAmounts('cpu=Infinity mem=1E+10')).toEqual({ mem: 1e10 });
});

test('does not take how a session came to wait for a reason in the site’s own words', () => {
  for (const statusInfo of ['RESCHEDULED', 'preemption-reservation', 'not-attempted-this-cycle']) {
    expect(explainWaiting({ ...nothing, statusInfo })).toMatchObject({ reasons: [], said: [] });
  }
  expect(explainWaiting({ ...nothing, statusInfo: 'Serviced until noon' }).reasons).toMatchObject([{ kind: 'other' }]);
});
