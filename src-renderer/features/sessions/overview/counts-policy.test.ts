import { expect, it } from 'vitest';
import type { Session } from '../../../../src-preload/contract/sessions.ts';
import { countSessions } from './counts-policy.ts';

const session = (type: string, family: Session['family']) => ({ type, family });

it('counts what runs by type, with types that nobody knew, and what is on its way apart', () => {
  expect(
    countSessions([
      session('interactive', 'running'),
      session('interactive', 'running'),
      session('batch', 'running'),
      session('batch', 'waiting'),
      session('inference', 'starting'),
      session('interactive', 'ending'),
      session('interactive', 'broken'),
      session('interactive', 'finished'),
      session('agentic', 'running'),
    ]),
  ).toEqual({
    byType: [
      { type: 'interactive', count: 2 },
      { type: 'batch', count: 1 },
      { type: 'inference', count: 0 },
      { type: 'system', count: 0 },
      { type: 'agentic', count: 1 },
    ],
    coming: 2,
  });
});
