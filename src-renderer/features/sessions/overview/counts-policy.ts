/** How many sessions of each type run. Pure. */
import type { Session } from '../../../../src-preload/contract/sessions.ts';

export const usualTypes = ['interactive', 'batch', 'inference', 'system'] as const;

export interface Counts {
  /** The usual types, also where there is none, and then what else the site has. */
  readonly byType: readonly { readonly type: string; readonly count: number }[];
  /** Neither running yet nor ending. */
  readonly coming: number;
}

export function countSessions(sessions: readonly Pick<Session, 'type' | 'family'>[]): Counts {
  const counts = new Map<string, number>(usualTypes.map((type) => [type, 0]));
  let coming = 0;
  for (const { type, family } of sessions) {
    if (family === 'running') counts.set(type, (counts.get(type) ?? 0) + 1);
    else if (family === 'waiting' || family === 'starting') coming += 1;
  }
  return { byType: [...counts].map(([type, count]) => ({ type, count })), coming };
}
