/** The contract's `usage` call. It is asked again and again, so what changes seldom is kept for minutes. */
import type { Usage } from '../../src-preload/contract/usage.ts';
import type { Accounts, SiteApi } from '../backend/site-api.ts';
import type { Clock } from '../base/clock.ts';
import { orNull } from '../base/or-null.ts';
import type { Handlers } from '../handlers.ts';
import { groupOf, inGroupOf, mineOf, type UsageSlot } from './usage-policy.ts';

const keptMs = 5 * 60_000;

interface Seldom {
  readonly project: string;
  readonly resourceGroups: readonly string[];
  readonly domain: Readonly<Record<string, string>>;
  /** The site lets people see what their project may use. */
  readonly showsProject: boolean;
}

export function usageHandlers(deps: { readonly accounts: Accounts; readonly clock: Clock }): Handlers['usage'] {
  const seldom = keeper<Seldom>(deps.clock);
  const slots = keeper<UsageSlot[]>(deps.clock);
  return {
    read: async ({ accountId, project, resourceGroup, whole }, { signal }): Promise<Usage> => {
      const api = deps.accounts.api(accountId);
      const known = await seldom(`${accountId}\n${project ?? ''}`, () => readSeldom(api, project));
      const group = known.resourceGroups.find((it) => it === resourceGroup) ?? known.resourceGroups[0] ?? null;
      const [offered, checked, machines] = await Promise.all([
        slots(`${accountId}\n${group ?? ''}`, () => api.slotDetails(group)),
        api.checkPresets(known.project, group, signal),
        whole && group !== null ? machinesOf(api, group, signal) : [],
      ]);
      const mine = mineOf(offered, checked.keypair.using, [
        { by: 'policy', slots: checked.keypair.limits },
        ...(known.showsProject ? [{ by: 'project', slots: checked.project.limits } as const] : []),
        { by: 'domain', slots: known.domain },
      ]);
      return {
        project: known.project,
        resourceGroup: group,
        resourceGroups: [...known.resourceGroups],
        mine,
        inGroup: inGroupOf(offered, group === null ? undefined : checked.resourceGroups[group], mine),
        group: groupOf(offered, machines),
      };
    },
  };
}

/** Keeps answers for minutes; a failed one is forgotten at once. */
function keeper<T>(clock: Clock): (key: string, load: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { readonly until: number; readonly value: Promise<T> }>();
  return (key, load) => {
    const now = clock.now();
    const known = kept.get(key);
    if (known !== undefined && known.until > now) return known.value;
    const value = load();
    kept.set(key, { until: now + keptMs, value });
    value.catch(() => kept.delete(key));
    return value;
  };
}

async function readSeldom(api: SiteApi, wanted: string | null): Promise<Seldom> {
  const { projects } = await api.identity();
  const project = wanted ?? projects[0]?.name ?? 'default';
  const [groups, policies, config] = await Promise.all([
    api.resourceGroups(project),
    api.policies(),
    orNull(api.siteConfig()),
  ]);
  return {
    project,
    resourceGroups: groups.filter(({ sftp }) => !sftp).map(({ name }) => name),
    domain: policies.domain?.slots ?? {},
    showsProject: config?.projectMonitor ?? true,
  };
}

async function machinesOf(api: SiteApi, group: string, signal?: AbortSignal) {
  return (await orNull(api.machines(group, signal))) ?? [];
}
