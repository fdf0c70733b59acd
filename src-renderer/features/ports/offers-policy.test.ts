import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';
import { offersOf, type SeenSession, unseenOf } from './offers-policy.ts';

const link = { sessionId: 's1', sessionName: 'train' } as Link;
const port = (number: number, program: string | null = 'python3') => ({ port: number, program });
const session: SeenSession = {
  link,
  kernels: [
    { kernel: 'main1', ports: [port(8000), port(5432, null)] },
    { kernel: 'sub1', ports: [port(8000), port(9000)] },
    { kernel: 'sub2', ports: [], unseen: 'not-reached' },
    { kernel: 'sub3', ports: [] },
    { kernel: 'sub4', ports: [], unseen: 'not-reached' },
  ],
};

describe('what is offered', () => {
  it('is each kernel’s own, without what is forwarded from that kernel and what has no name', () => {
    const forwarded = { sessionId: 's1', kernel: 'sub1', port: 8000 } as Forward;
    expect(offersOf([session], [forwarded])).toEqual([
      { link, kernel: 'main1', ports: [port(8000)] },
      { link, kernel: 'sub1', ports: [port(9000)] },
    ]);
  });

  it('comes with the kernels where nobody could look, by reason', () => {
    expect(unseenOf([session])).toEqual([{ link, why: 'not-reached', kernels: ['sub2', 'sub4'] }]);
  });
});
