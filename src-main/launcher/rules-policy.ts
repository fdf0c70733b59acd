/** What a site and an account let a person ask for, beside amounts (parity page, sections 2 and 20). Pure. */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { LauncherRules } from '../../src-preload/contract/launcher.ts';

/** What is needed of a site's `config.toml`. */
export interface LauncherConfig {
  readonly manualImageName: boolean;
  readonly customAllocation: boolean;
  readonly maxPreopenPorts: number;
  readonly hideAgents: boolean;
  readonly maxShmemBytes: number;
}

export interface RulesQuestion {
  /** Null where the site publishes none (API mode): the defaults of the official client hold. */
  readonly config: LauncherConfig | null;
  readonly role: string;
  readonly can: (feature: 'batchTimeout' | 'priority' | 'mountOptions') => boolean;
}

const defaultPorts = 10;

export function rulesOf({ config, role, can }: RulesQuestion): LauncherRules {
  const admin = role === 'admin' || role === 'superadmin';
  return {
    customAmounts: config?.customAllocation ?? true,
    manualImage: config?.manualImageName ?? false,
    maxPorts: Math.max(0, Math.trunc(config?.maxPreopenPorts ?? defaultPorts)),
    maxShmemBytes: config !== null && config.maxShmemBytes > 0 ? config.maxShmemBytes : null,
    batchTimeout: can('batchTimeout'),
    priority: can('priority'),
    readOnlyMounts: can('mountOptions'),
    // The manager refuses a user's choice where agents are hidden; an administrator's it takes (API reference, 4.3).
    agents: role === 'superadmin' || config?.hideAgents === false,
    owner: admin,
  };
}

/** Accelerators without a limit of their own count as this many a container (P-LIMIT-01). */
const unnamedAccelerators = 8;

/** The site's maxima for one container as slots. @param maxima by slot: memory in bytes, others in their own unit */
export function perContainerOf(maxima: Readonly<Record<string, number>>, slots: readonly string[]): Slots {
  const limits: Record<string, string> = {};
  for (const slot of slots) {
    const told = maxima[slot];
    if (told !== undefined) limits[slot] = String(told);
    else if (slot !== 'cpu' && slot !== 'mem') limits[slot] = String(unnamedAccelerators);
  }
  return limits;
}
