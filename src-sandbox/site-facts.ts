/**
 * Names that are the same in every sandbox, and who may use what of it.
 */
import { createHash } from 'node:crypto';
import type { AccountKind } from './auth/profiles.ts';
import { units } from './slots/amount.ts';
import type { Slots } from './slots/slots.ts';

export const domainName = 'default';
export const projectName = 'default';
export const resourceGroup = 'default';
/** A second pool of machines: small and without GPU. */
export const cpuGroup = 'cpu-only';

/** A third one, of the research project alone: whole GPUs of two kinds. */
export const deviceGroup = 'devices';

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `null`: everybody. */
  readonly members: readonly AccountKind[] | null;
  readonly resourceGroups: readonly string[];
  /** What its sessions may hold in sum; a slot that is not named is unlimited. */
  readonly limits: Slots;
}

function derivedId(seed: string, name: string): string {
  const hex = createHash('sha256').update(`${seed}/${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `firstId` is kept in the data folder; the other project's id follows from it. */
export function projectsOf(firstId: string): readonly [Project, ...Project[]] {
  const resourceGroups = [resourceGroup, cpuGroup];
  return [
    { id: firstId, name: projectName, description: 'Everybody’s project', members: null, resourceGroups, limits: {} },
    {
      id: derivedId(firstId, 'research'),
      name: 'research',
      description: 'A project whose sessions may hold two cores in sum',
      members: ['main'],
      resourceGroups: [...resourceGroups, deviceGroup],
      limits: { cpu: units(2) },
    },
  ];
}

export const isMember = (project: Project, kind: AccountKind): boolean => project.members?.includes(kind) ?? true;
