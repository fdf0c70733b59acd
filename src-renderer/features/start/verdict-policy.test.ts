import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AmountRule, openRule } from './amount-policy.ts';
import { type VerdictInput, verdictOf } from './verdict-policy.ts';

const cpu: AmountRule = { ...openRule('cpu', 1), max: 8, maxBy: 'policy', remaining: 4, remainingBy: 'project' };
const fine: VerdictInput = {
  name: null,
  missing: [],
  amounts: [{ field: 'cpu', text: '2', rule: cpu }],
  shmem: { bytes: 1, problem: null, generous: false },
  installed: true,
  sessionsLeft: null,
  limits: 'known',
};

describe('verdictOf', () => {
  it('starts now, or after a download', () => {
    expect(verdictOf(fine)).toEqual({ kind: 'now', downloads: false });
    expect(verdictOf({ ...fine, installed: false })).toEqual({ kind: 'now', downloads: true });
  });
  it('waits for what is not free', () => {
    const verdict = verdictOf({ ...fine, amounts: [{ field: 'cpu', text: '6', rule: cpu }], sessionsLeft: 0 });
    expect(verdict).toMatchObject({
      kind: 'wait',
      reasons: [{ type: 'amount', field: 'cpu', asked: 6, remaining: 4, by: 'project' }, { type: 'sessions' }],
    });
  });
  it('cannot start beyond a limit, with a bad name or without an environment', () => {
    const verdict = verdictOf({
      ...fine,
      name: 'too-short',
      missing: ['no-environment'],
      amounts: [{ field: 'cpu', text: '9', rule: cpu }],
    });
    expect(verdict).toMatchObject({
      kind: 'cannot',
      reasons: [{ type: 'no-environment' }, { type: 'name' }, { type: 'amount', problem: 'above' }],
    });
  });
  it('does not blame shared memory while memory itself is wrong', () => {
    const shmem = { bytes: 1, problem: 'above-memory', generous: false } as const;
    const wrong = [{ field: 'mem', text: '', rule: openRule('mem', 0.25) }] as const;
    expect(verdictOf({ ...fine, shmem })).toMatchObject({ kind: 'cannot', reasons: [{ type: 'shmem' }] });
    expect(verdictOf({ ...fine, shmem, amounts: wrong })).toMatchObject({
      kind: 'cannot',
      reasons: [{ field: 'mem' }],
    });
  });
  it('says what it does not know', () => {
    expect(verdictOf({ ...fine, limits: 'asked' }).kind).toBe('checking');
    expect(verdictOf({ ...fine, limits: 'failed' }).kind).toBe('unknown');
    expect(verdictOf({ ...fine, limits: 'failed', name: 'empty' }).kind).toBe('cannot');
  });
  it('is one of the three for every whole amount, by its place among the bounds', () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.nat(12), fc.nat(12), (asked, min, max, remaining) => {
        const rule = { ...cpu, min, max, remaining };
        const { kind } = verdictOf({ ...fine, amounts: [{ field: 'cpu', text: String(asked), rule }] });
        const expected = min > max || asked < min || asked > max ? 'cannot' : asked > remaining ? 'wait' : 'now';
        expect(kind).toBe(expected);
      }),
    );
  });
});
