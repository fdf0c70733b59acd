/** Pure: whether a session may be saved as an image now, and if not, why (web client parity P-COMMIT-01, P-DETAIL-08). */
import type { SessionRules } from '../../../src-preload/contract/session-rules.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';

export type CommitRefusal = 'commit.not.off' | 'commit.not.unsupported' | 'commit.not.running' | 'commit.not.yours';

/** Null: it may. Only interactive sessions are asked about. */
export function commitRefusal(
  { status }: Pick<Session, 'status'>,
  rules: Pick<SessionRules, 'commit'> | undefined,
  isOthers: boolean,
): CommitRefusal | null {
  // A site that does not tell decides by its answer.
  const commit = rules?.commit ?? 'offered';
  if (commit !== 'offered') return `commit.not.${commit}`;
  if (isOthers) return 'commit.not.yours';
  return status === 'RUNNING' ? null : 'commit.not.running';
}
