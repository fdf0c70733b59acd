import { describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { makeSession } from '../sessions/testing.ts';
import { mayHaveHappened, startedAnyway } from './uncertain-start.ts';

const sinceMs = Date.parse('2026-01-01T12:00:00Z');
const lost = new BerthError('timeout', { place: 'site', params: { reason: 'silent' } });
const named = (name: string, createdAt: string) => makeSession(1, 'PENDING', { name, createdAt });
const pageOf =
  (...sessions: ReturnType<typeof makeSession>[]) =>
  async () => ({ sessions, total: sessions.length });

describe('a start without an answer', () => {
  it('is found by its name when the site took it all the same', async () => {
    const there = named('mine', '2026-01-01T12:00:02.000Z');
    expect(await startedAnyway(lost, { name: 'mine', sinceMs }, pageOf(named('other', there.createdAt), there))).toBe(
      there,
    );
  });

  it.each([
    ['nothing is there', pageOf()],
    ['only an older one of this name is there', pageOf(named('mine', '2026-01-01T10:00:00.000Z'))],
    ['the site cannot be asked', () => Promise.reject(new BerthError('offline', { place: 'site' }))],
  ])('stays a failure when %s', async (_name, page) => {
    await expect(startedAnyway(lost, { name: 'mine', sinceMs }, page)).rejects.toBe(lost);
  });

  it('is no question when the site answered, or was never reached', async () => {
    const certain = [
      new BerthError('quota', { place: 'manager' }),
      new BerthError('name-taken', { place: 'manager' }),
      new BerthError('timeout', { place: 'site', params: { reason: 'connect' } }),
      new BerthError('offline', { place: 'site', params: { reason: 'refused' } }),
      new BerthError('server-error', { place: 'agent', params: { status: 500 } }),
    ];
    for (const failure of certain) {
      expect(mayHaveHappened(failure)).toBe(false);
      const page = () => Promise.reject(new Error('Nobody asks'));
      await expect(startedAnyway(failure, { name: 'mine', sinceMs }, page)).rejects.toBe(failure);
    }
  });
});
