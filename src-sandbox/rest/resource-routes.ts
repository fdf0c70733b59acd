/**
 * Presets, limits, resource groups and slot facts.
 */
import { type Call, callerOf, ok, optionalText, parameters, type Reply } from '../http/call.ts';
import { badFields, badParameters, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { Site } from '../site.ts';
import { projectName, resourceGroup } from '../site-facts.ts';
import { showAmount } from '../slots/amount.ts';
import { type Preset, presets, slotDetails } from '../slots/capacity.ts';
import { fits, lower, showSlots, slotNames, slotTypes, subtract } from '../slots/slots.ts';

/** Every slot at the text that stands for "no limit". */
const unlimited = Object.fromEntries(slotNames.map((name) => [name, 'Infinity']));

export function resourceRoutes({ face, projectId, sessions }: Site): readonly Route[] {
  const show = (preset: Preset): Record<string, unknown> => ({
    ...(face.since('25.1') ? { id: preset.id } : {}),
    name: preset.name,
    shared_memory: preset.sharedMemory === null ? null : showAmount(preset.sharedMemory),
    resource_slots: Object.fromEntries(
      Object.entries(preset.slots).map(([name, amount]) => [name, showAmount(amount)]),
    ),
  });

  const checkPresets = async (call: Call): Promise<Reply> => {
    const fields = await parameters(call);
    const group = optionalText(fields, 'group');
    if (group === null && face.since('25.15.11')) throw badFields({ group: 'is required' });
    if ((group ?? projectName) !== projectName) throw badParameters('Invalid project name.');
    const wanted = optionalText(fields, 'scaling_group');
    if (wanted !== null && wanted !== resourceGroup) throw badParameters('Invalid resource group name.');
    const account = callerOf(call);
    const using = sessions.usage.occupied(account);
    const limits = sessions.usage.policyOf(account).totalSlots;
    const keypairRemaining = subtract(limits, using);
    const remaining = lower(subtract(sessions.usage.capacity, sessions.usage.occupied()), keypairRemaining);
    return ok({
      presets: presets.map((preset) => ({ ...show(preset), allocatable: fits(preset.slots, remaining) })),
      keypair_limits: showSlots(limits),
      keypair_using: showSlots(using),
      keypair_remaining: showSlots(keypairRemaining),
      group_limits: unlimited,
      group_using: showSlots(using),
      group_remaining: unlimited,
      scaling_group_remaining: showSlots(remaining),
      scaling_groups: { [resourceGroup]: { using: showSlots(using), remaining: showSlots(remaining) } },
    });
  };

  const isOwnProject = (name: string): boolean => name === projectName || name === projectId;

  const scalingGroups = (call: Call): Reply => {
    const fields = Object.fromEntries(call.query);
    const group = optionalText(fields, 'group', 'group_id', 'group_name');
    if (group === null) throw badFields({ group: 'is required' });
    return ok({ scaling_groups: isOwnProject(group) ? [{ name: resourceGroup }] : [] });
  };

  const proxyVersion = (call: Call): Reply => {
    if (call.params.sg !== resourceGroup) {
      throw new Problem(404, 'object-not-found', 'No such resource group.');
    }
    return ok({ wsproxy_version: 'v1' });
  };

  return [
    { method: 'GET', path: '/resource/presets', handler: () => ok({ presets: presets.map(show) }) },
    { method: 'POST', path: '/resource/check-presets', handler: checkPresets },
    { method: 'GET', path: '/scaling-groups', handler: scalingGroups },
    { method: 'GET', path: '/scaling-groups/{sg}/wsproxy-version', handler: proxyVersion },
    { method: 'GET', path: '/config/resource-slots', handler: () => ok(slotTypes) },
    { method: 'GET', path: '/config/resource-slots/details', handler: () => ok(slotDetails) },
  ];
}
