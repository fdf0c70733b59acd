/** Words that a manager of each era knows (API reference, section 5.1). A filter that names another one fails as a whole. */
import type { FilterValue } from './minilang.ts';
import type { Can } from './version-gates.ts';

const oldest = ['PENDING', 'SCHEDULED', 'PREPARING', 'PULLING', 'RUNNING', 'RESTARTING', 'TERMINATING'];
const ended = ['TERMINATED', 'ERROR', 'CANCELLED'];

export function knownStatuses(can: Can): ReadonlySet<string> {
  return new Set([
    ...oldest,
    ...ended,
    ...(can('sessionIdInLists') ? ['RUNNING_DEGRADED'] : ['BUILDING', 'RESIZING', 'SUSPENDED']),
    ...(can('preparedStatuses') ? ['PREPARED', 'CREATING'] : []),
    ...(can('deprioritizingStatus') ? ['DEPRIORITIZING'] : []),
    ...(can('reservedStatuses') ? ['RESERVED', 'PREEMPTED', 'RESCHEDULING'] : []),
  ]);
}

/** Session types of the manager; `system` came with the split of sessions and kernels. */
export function knownTypes(can: Can): ReadonlySet<string> {
  return new Set(['INTERACTIVE', 'BATCH', ...(can('inferenceSessions') ? ['INFERENCE', 'SYSTEM'] : [])]);
}

/** False for a comparison with a word that no session of this manager can have; null: ask. */
export function verdictOf(can: Can): (field: string, value: FilterValue) => boolean | null {
  const statuses = knownStatuses(can);
  const types = knownTypes(can);
  return (field, value) => {
    const known = field === 'status' ? statuses : field === 'type' ? types : null;
    return known === null || typeof value !== 'string' || known.has(value.toUpperCase()) ? null : false;
  };
}
