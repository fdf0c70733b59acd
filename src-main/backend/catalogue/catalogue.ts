/** What can be started on a site: images, slots, limits. Slow-changing answers are kept for a short time. */
import type { Slots } from '../../../src-preload/contract/common.ts';
import type { LauncherBounds, SlotInfo } from '../../../src-preload/contract/launcher.ts';
import { BerthError } from '../../base/berth-error.ts';
import type { Clock } from '../../base/clock.ts';
import { parseAmount } from '../../launcher/amount-policy.ts';
import { boundsOf } from '../../launcher/bounds-policy.ts';
import {
  allowedEnvironments,
  defaultEnvironment,
  environmentsOf,
  imageReference,
  type SiteImage,
} from '../../launcher/environments-policy.ts';
import { perContainerOf, rulesOf } from '../../launcher/rules-policy.ts';
import type {
  CatalogueApi,
  OfferedOptions,
  Policies,
  PresetCheck,
  ResourceGroup,
  SlotDetail,
} from '../api/catalogue-api.ts';
import type { Identity } from '../api/user-api.ts';
import { HostsBody, readHosts } from '../folders/folder-wire.ts';
import type { SiteClient } from '../site-client.ts';
import type { SiteConfig } from '../site-config.ts';
import type { Can } from '../version-gates.ts';
import {
  CheckedPresets,
  GroupFactsData,
  groupFactsQuery,
  ImagesData,
  imagesQuery,
  ProxyVersion,
  ResourceGroups,
  readCheck,
  readImage,
  readSlotDetails,
  SlotDetails,
  SlotTypes,
  sessionsLeftQuery,
  slotInfos,
} from './catalogue-wire.ts';
import { PoliciesData, policiesQuery, readPolicies } from './policies.ts';

const keepMs = 30_000;

interface Kept {
  readonly until: number;
  readonly value: Promise<unknown>;
}

interface GroupFacts {
  readonly quantum: number | null;
  readonly limit: Slots;
}

export interface CatalogueOptions {
  readonly client: SiteClient;
  readonly can: Can;
  readonly clock: Clock;
  readonly identity: (signal?: AbortSignal) => Promise<Identity>;
  /** False where images that no agent has yet are to be offered too (they are fetched at launch). */
  readonly installedOnly: boolean;
  /** What the site tells its clients; null where it publishes nothing. */
  readonly config?: (signal?: AbortSignal) => Promise<SiteConfig | null>;
}

export class Catalogue implements CatalogueApi {
  readonly #options: CatalogueOptions;
  readonly #images = new Map<string, Kept & { value: Promise<SiteImage[]> }>();
  readonly #slots = new Map<string, Kept & { value: Promise<SlotInfo[]> }>();

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  async launcherOptions(project: string | null, signal?: AbortSignal): Promise<OfferedOptions> {
    const { can, identity } = this.#options;
    const { projects, role } = await identity(signal);
    const group = project ?? projects[0]?.name ?? 'default';
    const [images, resourceGroups, slots, config] = await Promise.all([
      this.#allImages(),
      this.resourceGroups(group, signal),
      this.#slotInfos(null, null),
      this.#config(signal),
    ]);
    const environments = allowedEnvironments(environmentsOf(images), config?.environments ?? []);
    return {
      environments,
      defaultEnvironment: defaultEnvironment(environments, config?.defaultEnvironment ?? null),
      projects: projects.map(({ name }) => name),
      projectId: projects.find(({ name }) => name === group)?.id ?? null,
      resourceGroups: resourceGroups.filter(({ sftp }) => !sftp).map(({ name }) => name),
      slots,
      rules: rulesOf({ config, role, can }),
    };
  }

  async launcherBounds(
    query: { project: string; resourceGroup: string; image: string; architecture: string },
    signal?: AbortSignal,
  ): Promise<LauncherBounds> {
    const { client } = this.#options;
    const [image, slots, checked, policies, config, groupFacts] = await Promise.all([
      this.image(query.image, query.architecture),
      this.#slotInfos(query.resourceGroup, query.project),
      this.checkPresets(query.project, query.resourceGroup, signal),
      client.graphql(sessionsLeftQuery, {}, PoliciesData, signal).then(readPolicies),
      this.#config(signal),
      this.#groupFacts(query.project),
    ]);
    const names = slots.map(({ name }) => name);
    const bounds = boundsOf({
      slots,
      // One that the site did not list was named by hand: nothing is known of it, and the site decides.
      image: image ?? { minimum: {}, maximum: {}, accelerators: ['*'] },
      own: checked.keypair.using,
      perContainer: config === null ? [] : [{ by: 'site', slots: perContainerOf(config.maximum, names) }],
      limits: [
        { by: 'policy', slots: checked.keypair.limits },
        { by: 'project', slots: checked.project.limits },
      ],
      inGroup: groupFacts.get(query.resourceGroup)?.limit ?? {},
      remaining: [
        { by: 'project', slots: checked.project.remaining },
        { by: 'policy', slots: checked.keypair.remaining },
        {
          by: 'resource-group',
          slots: checked.resourceGroups[query.resourceGroup]?.remaining ?? checked.resourceGroupsRemaining,
        },
      ],
    });
    const most = policies.keypair?.maxSessions ?? null;
    const sessionsLeft = most === null ? null : Math.max(0, Math.trunc(most - (policies.sessionsInUse ?? 0)));
    const groups = Object.entries(checked.resourceGroups);
    return {
      bounds,
      presets: [...checked.presets],
      sessionsLeft,
      maxContainers: policies.keypair?.maxContainersPerSession ?? null,
      groups: groups.map(([name, { remaining }]) => ({ name, remaining })),
    };
  }

  images(): Promise<SiteImage[]> {
    return this.#allImages();
  }

  async checkPresets(project: string, resourceGroup: string | null, signal?: AbortSignal): Promise<PresetCheck> {
    // The project by name, and always: newer managers have no default for it.
    const json = { group: project, ...(resourceGroup === null ? {} : { scaling_group: resourceGroup }) };
    const request = { method: 'POST', json, idempotent: true, signal } as const;
    return readCheck(await this.#options.client.json('/resource/check-presets', CheckedPresets, request));
  }

  async policies(signal?: AbortSignal): Promise<Policies> {
    const { client, can } = this.#options;
    return readPolicies(await client.graphql(policiesQuery(can), {}, PoliciesData, signal));
  }

  async resourceGroups(project: string, signal?: AbortSignal): Promise<ResourceGroup[]> {
    const { client } = this.#options;
    const [told, hosts, facts] = await Promise.all([
      client.json('/scaling-groups', ResourceGroups, { query: { group: project }, signal }),
      client.json('/folders/_/hosts', HostsBody, { signal }).then(readHosts),
      this.#groupFacts(project, signal),
    ]);
    const sftp = new Set(hosts.hosts.flatMap(({ sftpResourceGroups }) => sftpResourceGroups));
    return told.scaling_groups.map(({ name }) => ({
      name,
      acceleratorQuantum: facts.get(name)?.quantum ?? null,
      sftp: sftp.has(name),
    }));
  }

  async proxyVersion(resourceGroup: string, project: string, signal?: AbortSignal): Promise<string | null> {
    const path = `/scaling-groups/${encodeURIComponent(resourceGroup)}/wsproxy-version`;
    try {
      const query = { group: project };
      return (await this.#options.client.json(path, ProxyVersion, { query, signal })).wsproxy_version;
    } catch (error) {
      // A resource group without a proxy is answered as missing, or as a service that is away.
      if (error instanceof BerthError && (error.code === 'not-found' || error.code === 'maintenance')) return null;
      throw error;
    }
  }

  async slotDetails(resourceGroup: string | null): Promise<SlotDetail[]> {
    return readSlotDetails(await this.#slotDetails(resourceGroup));
  }

  async #config(signal?: AbortSignal): Promise<SiteConfig | null> {
    try {
      return (await this.#options.config?.(signal)) ?? null;
    } catch {
      // Its limits bind the site's own client only: without them the manager still decides, and the form still stands.
      return null;
    }
  }

  async image(reference: string, architecture: string): Promise<SiteImage | null> {
    const images = await this.#allImages();
    const same = images.filter((image) => imageReference(image) === reference);
    return same.find((image) => image.architecture === architecture) ?? same[0] ?? null;
  }

  async minimumMemBytes(reference: string, architecture: string): Promise<number> {
    const image = await this.image(reference, architecture);
    return parseAmount('mem', image?.minimum.mem) ?? 0;
  }

  #allImages(): Promise<SiteImage[]> {
    return this.#keep(this.#images, '', async () => {
      const { client, can, installedOnly } = this.#options;
      const onlyThose = installedOnly && (await this.#config())?.showNotInstalled !== true;
      const data = await client.graphql(imagesQuery(can, onlyThose), {}, ImagesData);
      return (data.images ?? []).flatMap((row) => {
        const image = readImage(row);
        return image === null ? [] : [image];
      });
    });
  }

  #slotInfos(resourceGroup: string | null, project: string | null): Promise<SlotInfo[]> {
    return this.#keep(this.#slots, `${resourceGroup ?? ''}\n${project ?? ''}`, async () => {
      const [details, types, quantum] = await Promise.all([
        this.#slotDetails(resourceGroup),
        this.#options.client.json('/config/resource-slots', SlotTypes),
        this.#quantum(resourceGroup, project),
      ]);
      return slotInfos(details, types, quantum);
    });
  }

  async #slotDetails(resourceGroup: string | null): Promise<SlotDetails> {
    const { client, can } = this.#options;
    if (can('slotDetails')) {
      const query = resourceGroup === null ? {} : { sgroup: resourceGroup };
      return await client.json('/config/resource-slots/details', SlotDetails, { query });
    }
    const types = await client.json('/config/resource-slots', SlotTypes);
    const untold = { description: null, human_readable_name: null, display_unit: null, number_format: null };
    return Object.fromEntries(Object.keys(types).map((name) => [name, untold]));
  }

  async #quantum(resourceGroup: string | null, project: string | null): Promise<number | null> {
    if (resourceGroup === null || project === null) return null;
    return (await this.#groupFacts(project)).get(resourceGroup)?.quantum ?? null;
  }

  /** Smallest shares, and the most that a container can get, by resource group; empty where the site does not tell. */
  async #groupFacts(project: string, signal?: AbortSignal): Promise<ReadonlyMap<string, GroupFacts>> {
    const { client, can, identity } = this.#options;
    if (!can('acceleratorQuantum')) return new Map();
    const projectId = (await identity(signal)).projects.find(({ name }) => name === project)?.id;
    if (projectId === undefined) return new Map();
    const data = await client.graphql(groupFactsQuery(can), { project: projectId }, GroupFactsData, signal);
    return new Map(
      (data.accessible_scaling_groups ?? []).flatMap((group) => {
        if (!group?.name) return [];
        const { accelerator_quantum_size: quantum = null, resource_allocation_limit_for_sessions: limit } = group;
        // A group whose machines are all away tells zeros; they may come back, so that is no limit.
        return [[group.name, { quantum, limit: Number(limit.cpu ?? 0) > 0 ? limit : {} }]];
      }),
    );
  }

  /** Keeps an answer for a while; a failed one is forgotten at once. */
  #keep<T>(store: Map<string, Kept & { value: Promise<T> }>, key: string, load: () => Promise<T>): Promise<T> {
    const now = this.#options.clock.now();
    const kept = store.get(key);
    if (kept !== undefined && kept.until > now) return kept.value;
    const value = load();
    store.set(key, { until: now + keepMs, value });
    value.catch(() => store.delete(key));
    return value;
  }
}
