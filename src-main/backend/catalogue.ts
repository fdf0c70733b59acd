/** What can be started on a site: images, slots, limits. Slow-changing answers are kept for a short time. */
import type { LauncherBounds, LauncherOptions, SlotInfo } from '../../src-preload/contract/launcher.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { parseAmount } from '../launcher/amount-policy.ts';
import { boundsOf } from '../launcher/bounds-policy.ts';
import { defaultEnvironment, environmentsOf, imageReference, type SiteImage } from '../launcher/environments-policy.ts';
import {
  CheckedPresets,
  ImagesData,
  imagesQuery,
  PolicyData,
  policyQuery,
  QuantumData,
  quantumQuery,
  ResourceGroups,
  readImage,
  readPresets,
  SlotDetails,
  SlotTypes,
  slotInfos,
} from './catalogue-wire.ts';
import type { Identity } from './site-api.ts';
import type { SiteClient } from './site-client.ts';
import type { Can } from './version-gates.ts';

const keepMs = 30_000;
/** Policies write "as many as you like" as a number of this size. */
const unlimitedSessions = 1_000_000;

interface Kept {
  readonly until: number;
  readonly value: Promise<unknown>;
}

export interface CatalogueOptions {
  readonly client: SiteClient;
  readonly can: Can;
  readonly clock: Clock;
  readonly identity: (signal?: AbortSignal) => Promise<Identity>;
  /** False where images that no agent has yet are to be offered too (they are fetched at launch). */
  readonly installedOnly: boolean;
}

export class Catalogue {
  readonly #options: CatalogueOptions;
  readonly #images = new Map<string, Kept & { value: Promise<SiteImage[]> }>();
  readonly #slots = new Map<string, Kept & { value: Promise<SlotInfo[]> }>();

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  async options(project: string | null, signal?: AbortSignal): Promise<LauncherOptions> {
    const { client, identity } = this.#options;
    const { projects } = await identity(signal);
    const group = project ?? projects[0]?.name ?? 'default';
    const [images, resourceGroups, slots] = await Promise.all([
      this.#allImages(),
      client.json('/scaling-groups', ResourceGroups, { query: { group }, signal }),
      this.#slotInfos(null, null),
    ]);
    const environments = environmentsOf(images);
    return {
      environments,
      defaultEnvironment: defaultEnvironment(environments),
      projects: projects.map(({ name }) => name),
      resourceGroups: resourceGroups.scaling_groups.map(({ name }) => name),
      slots,
    };
  }

  async bounds(
    query: { project: string; resourceGroup: string; image: string; architecture: string },
    signal?: AbortSignal,
  ): Promise<LauncherBounds> {
    const { client } = this.#options;
    const [image, slots, checked, policy] = await Promise.all([
      this.image(query.image, query.architecture),
      this.#slotInfos(query.resourceGroup, query.project),
      client.json('/resource/check-presets', CheckedPresets, {
        method: 'POST',
        json: { group: query.project, scaling_group: query.resourceGroup },
        idempotent: true,
        signal,
      }),
      client.graphql(policyQuery, {}, PolicyData, signal),
    ]);
    if (image === null) {
      throw new BerthError('not-found', { place: 'manager', params: { what: 'image', id: query.image } });
    }
    const bounds = boundsOf({
      slots,
      image,
      limits: [
        { by: 'policy', slots: checked.keypair_limits },
        { by: 'project', slots: checked.group_limits },
      ],
      remaining: [
        { by: 'project', slots: checked.group_remaining },
        { by: 'policy', slots: checked.keypair_remaining },
        {
          by: 'resource-group',
          slots: checked.scaling_groups[query.resourceGroup]?.remaining ?? checked.scaling_group_remaining,
        },
      ],
    });
    const most = policy.keypair_resource_policy?.max_concurrent_sessions ?? null;
    const used = policy.keypair?.concurrency_used ?? 0;
    const sessionsLeft =
      most === null || most <= 0 || most >= unlimitedSessions ? null : Math.max(0, Math.trunc(most - used));
    return { bounds, presets: readPresets(checked), sessionsLeft };
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
      const data = await client.graphql(imagesQuery(can, installedOnly), {}, ImagesData);
      return (data.images ?? []).flatMap((row) => {
        const image = readImage(row);
        return image === null ? [] : [image];
      });
    });
  }

  #slotInfos(resourceGroup: string | null, project: string | null): Promise<SlotInfo[]> {
    return this.#keep(this.#slots, `${resourceGroup ?? ''}\n${project ?? ''}`, async () => {
      const [details, quantum] = await Promise.all([
        this.#slotDetails(resourceGroup),
        this.#quantum(resourceGroup, project),
      ]);
      return slotInfos(details, quantum);
    });
  }

  async #slotDetails(resourceGroup: string | null): Promise<SlotDetails> {
    const { client, can } = this.#options;
    if (can('slotDetails')) {
      const query = resourceGroup === null ? {} : { sgroup: resourceGroup };
      return await client.json('/config/resource-slots/details', SlotDetails, { query });
    }
    const types = await client.json('/config/resource-slots', SlotTypes);
    const untold = { description: null, human_readable_name: null, display_unit: null };
    return Object.fromEntries(Object.keys(types).map((name) => [name, untold]));
  }

  async #quantum(resourceGroup: string | null, project: string | null): Promise<number | null> {
    const { client, can, identity } = this.#options;
    if (resourceGroup === null || project === null || !can('acceleratorQuantum')) return null;
    const projectId = (await identity()).projects.find(({ name }) => name === project)?.id;
    if (projectId === undefined) return null;
    const data = await client.graphql(quantumQuery, { project: projectId }, QuantumData);
    const group = data.accessible_scaling_groups?.find((candidate) => candidate?.name === resourceGroup);
    return group?.accelerator_quantum_size ?? null;
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
