/** Pure: what may be done with a session now, and if not, why (web client parity P-DETAIL-03, -08, -09, P-TERM-01). */
import type { Session } from '../../../src-preload/contract/sessions.ts';

export type Refusal = 'not.running' | 'not.ended' | 'not.ending' | 'not.system';

export interface Possible {
  /** Null: may be done. */
  readonly enter: Refusal | null;
  /** Apps and terminal: as `enter`, but not into a session that only carries SFTP. */
  readonly use: Refusal | null;
  readonly terminate: Refusal | null;
  readonly force: boolean;
  readonly rename: boolean;
  readonly log: boolean;
}

const final = new Set(['TERMINATED', 'CANCELLED']);
const nameFixed = new Set(['RESTARTING', 'PREPARING', 'PREPARED', 'CREATING', 'PULLING', 'TERMINATING', 'ERROR']);
const noContainer = new Set([
  'PENDING',
  'DEPRIORITIZING',
  'RESERVED',
  'SCHEDULED',
  'PREPARING',
  'PULLING',
  'CANCELLED',
]);

export function possible(session: Pick<Session, 'status' | 'family' | 'type'>): Possible {
  const { status, family, type } = session;
  const ended = final.has(status) || family === 'finished';
  const failed = family === 'broken';
  const running = family === 'running';
  const enter = running ? null : ended || failed ? 'not.ended' : 'not.running';
  return {
    enter,
    use: enter ?? (type === 'system' ? 'not.system' : null),
    terminate: ended || failed ? 'not.ended' : status === 'TERMINATING' ? 'not.ending' : null,
    // Older managers clear an ERROR row by force only; newer ones refuse, and their refusal is the truth.
    force: !ended,
    rename: !ended && !nameFixed.has(status),
    log: !noContainer.has(status),
  };
}

/** True for a session of somebody else, as a project shows them to who may see them (web client parity P-LIST-35). */
export function isOthers({ accessKey }: Pick<Session, 'accessKey'>, ownKey: string | null): boolean {
  return ownKey !== null && accessKey !== null && accessKey !== ownKey;
}
