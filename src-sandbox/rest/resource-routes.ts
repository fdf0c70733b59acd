/**
 * Presets, limits, resource groups and slot facts.
 */
import { type Call, callerOf, ok, optionalText, parameters, type Reply } from '../http/call.ts';
import { badFields, badParameters, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { projectNamed, projectsOfAccount, projectWithId, type Site } from '../site.ts';
import { type Project, projectName } from '../site-facts.ts';
import { showAmount } from '../slots/amount.ts';
import { type Preset, presets, slotDetails } from '../slots/capacity.ts';
import { add, fits, lower, type Slots, showSlots, slotNames, slotTypes, subtract } from '../slots/slots.ts';

/** Amounts as text; a slot without a limit is `Infinity`. */
function showLimits(limits: Slots): Record<string, string> {
  return Object.fromEntries(
    slotNames.map((name) => [name, name in limits ? showAmount(limits[name] ?? 0n) : 'Infinity']),
  );
}

/** `a` where `b` says nothing, else the smaller. */
function cap(a: Slots, b: Slots): Slots {
  const both = Object.fromEntries(Object.entries(a).filter(([name]) => name in b));
  return { ...a, ...lower(both, b) };
}

export function resourceRoutes(site: Site): readonly Route[] {
  const { face, sessions } = site;
  const { usage } = sessions;

  const show = (preset: Preset): Record<string, unknown> => ({
    ...(face.since('25.1') ? { id: preset.id } : {}),
    name: preset.name,
    shared_memory: preset.sharedMemory === null ? null : showAmount(preset.sharedMemory),
    resource_slots: Object.fromEntries(
      Object.entries(preset.slots).map(([name, amount]) => [name, showAmount(amount)]),
    ),
  });

  const readProject = (call: Call, group: string | null): Project => {
    if (group === null && face.since('25.15.11')) throw badFields({ group: 'is required' });
    const project = projectNamed(site, callerOf(call), group ?? projectName);
    if (project === null) throw badParameters('Invalid project name.');
    return project;
  };

  const checkPresets = async (call: Call): Promise<Reply> => {
    const fields = await parameters(call);
    const account = callerOf(call);
    const project = readProject(call, optionalText(fields, 'group'));
    const wanted = optionalText(fields, 'scaling_group');
    if (wanted !== null && !project.resourceGroups.includes(wanted)) {
      throw badParameters('Invalid resource group name.');
    }
    const using = usage.occupied({ owner: account });
    const limits = usage.policyOf(account).totalSlots;
    const groupUsing = usage.occupied({ projectId: project.id });
    const limited = Object.fromEntries(Object.entries(groupUsing).filter(([name]) => name in project.limits));
    const groupRemaining = subtract(project.limits, limited);
    const keypairRemaining = cap(subtract(limits, using), groupRemaining);
    const groups = (wanted === null ? project.resourceGroups : [wanted]).map((name) => {
      const own = usage.occupied({ owner: account, group: name });
      const free = lower(subtract(usage.capacityOf(name), usage.occupied({ group: name })), keypairRemaining);
      return { name, own, free };
    });
    const remaining = groups.reduce<Slots>((sum, { free }) => add(sum, free), {});
    const allocatable = (preset: Preset): boolean => groups.some(({ free }) => fits(preset.slots, free));
    return ok({
      presets: presets.map((preset) => ({ ...show(preset), allocatable: allocatable(preset) })),
      keypair_limits: showSlots(limits),
      keypair_using: showSlots(using),
      keypair_remaining: showSlots(keypairRemaining),
      group_limits: showLimits(project.limits),
      group_using: showSlots(groupUsing),
      group_remaining: showLimits(groupRemaining),
      scaling_group_remaining: showSlots(remaining),
      scaling_groups: Object.fromEntries(
        groups.map(({ name, own, free }) => [name, { using: showSlots(own), remaining: showSlots(free) }]),
      ),
    });
  };

  const scalingGroups = (call: Call): Reply => {
    const fields = Object.fromEntries(call.query);
    const group = optionalText(fields, 'group', 'group_id', 'group_name');
    if (group === null) throw badFields({ group: 'is required' });
    const account = callerOf(call);
    const own = projectNamed(site, account, group) ?? projectWithId(site, account, group);
    // An administrator is told of every project of the domain.
    const admin = account.profile.role === 'admin';
    const project = own ?? (admin ? site.projects.find(({ id, name }) => id === group || name === group) : null);
    return ok({ scaling_groups: (project?.resourceGroups ?? []).map((name) => ({ name })) });
  };

  const proxyVersion = (call: Call): Reply => {
    const mine = projectsOfAccount(site, callerOf(call)).flatMap(({ resourceGroups }) => resourceGroups);
    if (!mine.includes(call.params.sg ?? '')) throw new Problem(404, 'object-not-found', 'No such resource group.');
    return ok({ wsproxy_version: site.appProxy === null ? 'v1' : 'v2' });
  };

  const details = (call: Call): Reply => {
    const group = call.query.get('sgroup');
    if (group === null) return ok(slotDetails);
    const there = usage.capacityOf(group);
    return ok(Object.fromEntries(Object.entries(slotDetails).filter(([name]) => (there[name] ?? 0n) > 0n)));
  };

  return [
    { method: 'GET', path: '/resource/presets', handler: () => ok({ presets: presets.map(show) }) },
    { method: 'POST', path: '/resource/check-presets', handler: checkPresets },
    { method: 'GET', path: '/scaling-groups', handler: scalingGroups },
    { method: 'GET', path: '/scaling-groups/{sg}/wsproxy-version', handler: proxyVersion },
    { method: 'GET', path: '/config/resource-slots', handler: () => ok(slotTypes) },
    { method: 'GET', path: '/config/resource-slots/details', handler: details },
  ];
}
