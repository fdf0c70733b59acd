/** Pure: which containers stand where. */
import type { Session } from '../../../src-preload/contract/sessions.ts';

export interface Machine {
  readonly machine: string;
  readonly containers: readonly string[];
}

/** Without kernels that have no container yet, or whose machine the site does not tell. */
export function containersByMachine(sessions: readonly Pick<Session, 'kernels'>[]): Machine[] {
  const found = new Map<string, string[]>();
  for (const { agent, containerId } of sessions.flatMap(({ kernels }) => kernels)) {
    if (!agent || !containerId) continue;
    found.set(agent, [...(found.get(agent) ?? []), containerId]);
  }
  return [...found].map(([machine, containers]) => ({ machine, containers: [...new Set(containers)] }));
}
