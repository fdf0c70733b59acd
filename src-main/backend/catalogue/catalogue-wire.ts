/** Images, slots, presets and limits as the wire has them (API reference, sections 6.5 to 6.8). */
import { z } from 'zod';
import type { Slots } from '../../../src-preload/contract/common.ts';
import type { Preset, SlotInfo } from '../../../src-preload/contract/launcher.ts';
import { sharesMemory } from '../../../src-preload/contract/slot-names.ts';
import { parseBytes } from '../../launcher/amount-policy.ts';
import { isFractional } from '../../launcher/bounds-policy.ts';
import type { SiteImage } from '../../launcher/environments-policy.ts';
import type { PresetCheck, SlotDetail } from '../api/catalogue-api.ts';
import { words } from '../session-queries.ts';
import type { Can } from '../version-gates.ts';
import { asRecord, asSlots, jsonText, nullableText } from '../wire.ts';
import { labelFacts } from './image-labels.ts';

/** Users are told general images only unless they ask for customized ones as well. */
export function imagesQuery(can: Can, installedOnly: boolean): string {
  const filters = [
    ...(installedOnly ? ['is_installed: true'] : []),
    ...(can('imageLoadFilters') ? ['load_filters: ["general", "customized"]'] : []),
  ];
  return words(`query { images${filters.length === 0 ? '' : `(${filters.join(', ')})`} {
    id name ${can('imageNamespace') ? 'namespace base_image_name version ' : ''}tag registry architecture digest installed
    size_bytes humanized_name aliases labels { key value } resource_limits { key min max } supported_accelerators } }`);
}

const ImageRow = z.object({
  name: nullableText,
  namespace: nullableText,
  id: nullableText,
  base_image_name: nullableText,
  version: nullableText,
  tag: z.string(),
  registry: z.string(),
  architecture: nullableText,
  digest: nullableText,
  size_bytes: z.coerce.number().nonnegative().nullish().catch(null),
  humanized_name: nullableText,
  aliases: z.array(z.unknown()).nullish().catch(null),
  installed: z.boolean().nullish().catch(null),
  labels: z
    .array(z.object({ key: z.string(), value: z.string().nullish() }))
    .nullish()
    .catch(null),
  resource_limits: z
    .array(z.object({ key: z.string(), min: nullableText, max: nullableText }))
    .nullish()
    .catch(null),
  supported_accelerators: z.array(z.string()).nullish().catch(null),
});

export const ImagesData = z.object({ images: z.array(z.unknown()).nullish() });

/** Null for an image without a usable reference (a broken row of the registry). */
export function readImage(value: unknown): SiteImage | null {
  const row = ImageRow.safeParse(value);
  if (!row.success) return null;
  const { namespace, name, tag, registry, architecture, installed, labels, resource_limits } = row.data;
  const path = namespace ?? name;
  if (path === null) return null;
  const limits = (bound: 'min' | 'max'): Slots =>
    Object.fromEntries(
      (resource_limits ?? []).flatMap((limit) => (limit[bound] === null ? [] : [[limit.key, limit[bound]]])),
    );
  return {
    registry,
    name: path,
    tag,
    architecture: architecture ?? 'x86_64',
    installed: installed ?? true,
    labels: Object.fromEntries((labels ?? []).map(({ key, value }) => [key, value ?? ''])),
    minimum: limits('min'),
    maximum: limits('max'),
    accelerators: row.data.supported_accelerators ?? ['*'],
    id: row.data.id,
    digest: row.data.digest,
    sizeBytes: row.data.size_bytes || null,
    aliases: (row.data.aliases ?? []).filter((alias): alias is string => typeof alias === 'string'),
    baseName: row.data.base_image_name,
    version: row.data.version,
    ...labelFacts(labels ?? []),
  };
}

/** Which slots the cluster has: `{"cpu":"count","mem":"bytes",...}`. */
export const SlotTypes = z.record(z.string(), z.string().catch('count'));

export const SlotDetails = z.record(
  z.string(),
  z.object({
    description: nullableText,
    human_readable_name: nullableText,
    display_unit: nullableText,
    number_format: z.unknown().optional(),
  }),
);
export type SlotDetails = z.infer<typeof SlotDetails>;

const slotRank = (name: string) => (name === 'cpu' ? 0 : name === 'mem' ? 1 : 2);

/** By the map's key: the one inside says `ram` for memory (section 6.7). */
export function readSlotDetails(details: SlotDetails): SlotDetail[] {
  return Object.entries(details)
    .map(([name, { description, human_readable_name, display_unit, number_format }]) => {
      const { binary, round_length } = asRecord(number_format);
      return {
        name,
        title: human_readable_name,
        description,
        unit: display_unit,
        binary: typeof binary === 'boolean' ? binary : name === 'mem',
        decimals: typeof round_length === 'number' ? round_length : null,
      };
    })
    .sort((a, b) => slotRank(a.name) - slotRank(b.name) || a.name.localeCompare(b.name));
}

const knownSlots: Readonly<Record<string, { title: string; unit: string }>> = {
  cpu: { title: 'CPU', unit: 'Core' },
  mem: { title: 'Memory', unit: 'GiB' },
  'cuda.device': { title: 'GPU', unit: 'GPU' },
  'cuda.shares': { title: 'GPU', unit: 'fGPU' },
  'rocm.device': { title: 'GPU', unit: 'GPU' },
  'tpu.device': { title: 'TPU', unit: 'TPU' },
};

/** CPU and memory first, then accelerators by name. @param quantum smallest share of a GPU, where the site tells */
export function slotInfos(details: SlotDetails, types: z.infer<typeof SlotTypes>, quantum: number | null): SlotInfo[] {
  return Object.entries(details)
    .map(([name, detail]) => {
      const known = knownSlots[name];
      const family = (name.split('.', 1)[0] ?? name).toUpperCase();
      return {
        name,
        unit: detail.display_unit ?? known?.unit ?? family,
        // The site's own name of an accelerator says more than its family: a share, a simulated one.
        title: (slotRank(name) === 2 ? detail.human_readable_name : null) ?? known?.title ?? family,
        description: detail.description ?? '',
        step: name === 'mem' ? null : isFractional(name) ? (quantum ?? 0.1) : 1,
        // As the official client tells them (lablup/backend.ai-webui, ResourceAllocationFormItems.tsx).
        atMostOne: types[name] === 'unique',
        sharesMemory: sharesMemory(name),
      };
    })
    .sort((a, b) => slotRank(a.name) - slotRank(b.name) || a.name.localeCompare(b.name));
}

const slotsMap = z.unknown().optional().transform(asSlots);

const use = z.object({ using: slotsMap, remaining: slotsMap });

export const CheckedPresets = z.object({
  presets: z.array(z.unknown()).catch([]),
  keypair_limits: slotsMap,
  keypair_using: slotsMap,
  keypair_remaining: slotsMap,
  group_limits: slotsMap,
  group_using: slotsMap,
  group_remaining: slotsMap,
  scaling_group_remaining: slotsMap,
  scaling_groups: z.record(z.string(), use).catch({}),
});
export type CheckedPresets = z.infer<typeof CheckedPresets>;

const PresetRow = z.object({
  name: z.string(),
  resource_slots: slotsMap,
  shared_memory: z.union([z.string(), z.number()]).nullish(),
  allocatable: z.boolean().catch(false),
});

export function readCheck(checked: CheckedPresets): PresetCheck {
  return {
    presets: readPresets(checked),
    keypair: { limits: checked.keypair_limits, using: checked.keypair_using, remaining: checked.keypair_remaining },
    project: { limits: checked.group_limits, using: checked.group_using, remaining: checked.group_remaining },
    resourceGroupsRemaining: checked.scaling_group_remaining,
    resourceGroups: checked.scaling_groups,
  };
}

export function readPresets(checked: CheckedPresets): Preset[] {
  return checked.presets
    .flatMap((value) => {
      const row = PresetRow.safeParse(value);
      if (!row.success) return [];
      const { name, resource_slots, shared_memory, allocatable } = row.data;
      const bytes = shared_memory === null || shared_memory === undefined ? null : parseBytes(String(shared_memory));
      const shmem = bytes === null ? null : String(bytes);
      return [{ name, slots: resource_slots, shmem, startsNow: allocatable }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const ResourceGroups = z.object({ scaling_groups: z.array(z.object({ name: z.string() })) });
export const ProxyVersion = z.object({ wsproxy_version: nullableText });

export function groupFactsQuery(can: Can): string {
  const limit = can('groupLimit') ? ' resource_allocation_limit_for_sessions' : '';
  return `query ($project: UUID!) { accessible_scaling_groups(project_id: $project) { name accelerator_quantum_size${limit} } }`;
}
const GroupRow = z.object({
  name: nullableText,
  accelerator_quantum_size: z.number().positive().nullish().catch(null),
  resource_allocation_limit_for_sessions: jsonText.transform(asSlots),
});
export const GroupFactsData = z.object({ accessible_scaling_groups: z.array(GroupRow.nullable()).nullish() });

/** Only what the launcher's counts need, asked every few seconds while its form is open. */
export const sessionsLeftQuery =
  'query { keypair { concurrency_used } keypair_resource_policy { max_concurrent_sessions max_containers_per_session } }';
