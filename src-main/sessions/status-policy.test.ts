import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src-preload/contract/sessions.ts';
import { failuresOf, familyOf, hasEnded, isMoving, reasonsOf, tabOf } from './status-policy.ts';

describe('statuses', () => {
  it.each([
    ['PENDING', 'waiting', 'running', true],
    ['RESERVED', 'waiting', 'running', true],
    ['PULLING', 'starting', 'running', true],
    ['CREATING', 'starting', 'running', true],
    ['RUNNING', 'running', 'running', false],
    ['RUNNING_DEGRADED', 'running', 'running', false],
    ['RESCHEDULING', 'waiting', 'running', true],
    ['TERMINATING', 'ending', 'running', true],
    ['TERMINATED', 'finished', 'finished', false],
    ['CANCELLED', 'finished', 'finished', false],
    ['ERROR', 'broken', 'other', false],
    ['HIBERNATING', 'unknown', 'other', false],
  ])('%s is %s on the tab %s', (status, family, tab, moving) => {
    expect([familyOf(status), tabOf(status), isMoving(status)]).toEqual([family, tab, moving]);
    expect(hasEnded(status)).toBe(tab === 'finished');
  });
});

describe('reasonsOf', () => {
  it.each([
    [
      'failed predicates up to 25.12',
      {
        scheduler: {
          retries: 3,
          failed_predicates: [
            { name: 'concurrency', msg: 'You cannot run more than 5 sessions.\nsecond line' },
            { name: 'keypair_resource_limit' },
          ],
          passed_predicates: [{ name: 'dependencies' }],
        },
      },
      ['You cannot run more than 5 sessions.', 'keypair_resource_limit'],
    ],
    [
      'a message of 25.13 to 26.3',
      { scheduler: { retries: 1, msg: 'No agent has room', failed_predicates: [] } },
      ['No agent has room'],
    ],
    [
      'an error with one source',
      { error: { src: 'agent', name: 'ImageNotAvailable', repr: "ImageNotAvailable('x')\nTraceback" } },
      ["ImageNotAvailable('x')"],
    ],
    [
      'a collection of errors, told once each',
      {
        error: {
          src: 'other',
          name: 'MultiAgentError',
          repr: 'Multi',
          collection: [{ repr: 'one' }, { name: 'Two' }, { repr: 'one' }],
        },
      },
      ['one', 'Two'],
    ],
    ['an exit code', { kernel: { exit_code: 137 }, session: { status: 'terminating' } }, ['exit code 137']],
    ['a good exit', { kernel: { exit_code: 0 } }, []],
    ['no exit code', { kernel: { exit_code: null } }, []],
    ['retry counters only (26.4)', { scheduler: { retries: 2, last_try: '2026-01-01' } }, []],
    ['nothing', {}, []],
    ['null', null, []],
    ['a list', [1], []],
  ])('%s', (_name, data, reasons) => {
    expect(reasonsOf(data)).toEqual(reasons);
  });

  it('survives whatever stands there, in bounded size', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (one, two, three) => {
        const reasons = reasonsOf({
          scheduler: { failed_predicates: one, msg: two },
          error: { collection: one, repr: three },
          kernel: two,
        });
        expect(reasons.length).toBeLessThanOrEqual(20);
        for (const reason of reasons) expect(reason.length).toBeLessThanOrEqual(500);
      }),
    );
  });
});

describe('failuresOf', () => {
  it('tells each kernel’s error whole: where it came from, on which machine, and the end of its traceback', () => {
    const kernel = (agent_id: string, repr: string) => ({ src: 'agent', name: 'KernelCreationFailed', repr, agent_id });
    const long = `${'line\n'.repeat(2_000)}OSError: no space`;
    const error = {
      src: 'other',
      name: 'MultiAgentError',
      collection: [kernel('i-1', 'E1'), { ...kernel('i-2', 'E2'), traceback: long }],
    };
    const { failures = [] } = failuresOf({ error });
    expect(failures.map(({ name, text, source, agent }) => [name, text, source, agent])).toEqual([
      ['KernelCreationFailed', 'E1', 'agent', 'i-1'],
      ['KernelCreationFailed', 'E2', 'agent', 'i-2'],
    ]);
    expect(failures[0]?.traceback).toBeNull();
    expect(failures[1]?.traceback).toMatch(/OSError: no space$/);
    expect(failures[1]?.traceback?.length).toBeLessThanOrEqual(4_000);
  });

  it('is absent where nothing failed, and what the contract takes whatever comes', () => {
    expect(failuresOf({ kernel: { exit_code: 1 } })).toEqual({});
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const failure of failuresOf({ error: value }).failures ?? []) Failure.parse(failure);
      }),
    );
  });
});
