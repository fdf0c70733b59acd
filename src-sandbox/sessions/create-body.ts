/**
 * Reads the body of `POST /session` as a manager of the 24.03 to 25.15 series does: every key with its aliases, every
 * type, unknown keys refused with a map of field to sentence.
 */
import type { Face } from '../face.ts';
import type { Fields } from '../http/call.ts';
import { isFields } from '../http/call.ts';
import { badFields, badParameters, serverError } from '../http/problem.ts';
import { FieldErrors, type Rule, readRule, rules } from './field-rules.ts';
import { sessionName } from './session.ts';

export interface MountOption {
  readonly permission: 'ro' | 'rw' | 'wd' | null;
}

/** A create request whose every field has the right type; nothing is looked up yet. */
export interface CreateBody {
  readonly name: string;
  readonly image: string;
  readonly architecture: string;
  readonly type: 'interactive' | 'batch' | 'inference' | 'system';
  readonly group: string;
  readonly domain: string;
  readonly clusterSize: number;
  readonly clusterMode: 'single-node' | 'multi-node';
  readonly priority: number;
  readonly tag: string | null;
  readonly enqueueOnly: boolean;
  readonly maxWaitSeconds: number;
  readonly reuseIfExists: boolean;
  readonly startupCommand: string | null;
  readonly bootstrapScript: string | null;
  readonly dependencies: readonly string[];
  readonly ownerAccessKey: string | null;
  /** An ISO time or a duration, as written. */
  readonly startsAt: string | null;
  /** Seconds, or text such as `30s`, as written. */
  readonly batchTimeout: string | number | null;
  readonly config: CreateConfig;
}

export interface CreateConfig {
  readonly mounts: readonly string[];
  readonly mountMap: Readonly<Record<string, string>>;
  readonly mountOptions: Readonly<Record<string, MountOption>>;
  readonly mountIds: readonly string[];
  readonly mountIdMap: Readonly<Record<string, string>>;
  readonly environ: Readonly<Record<string, string>>;
  readonly scalingGroup: string | null;
  readonly resources: Fields;
  readonly shmem: string | null;
  readonly preopenPorts: readonly number[];
  readonly agentList: readonly string[] | null;
}

const types = ['interactive', 'batch', 'inference', 'system'] as const;
const modes = ['single-node', 'multi-node'] as const;

/** Reads all keys of a table and reports what is left over as not allowed. */
class Reader {
  readonly errors = new FieldErrors();
  private readonly source: Fields;
  private readonly seen = new Set<string>();

  constructor(source: Fields) {
    this.source = source;
  }

  /** The first alias that is present decides; `fallback` stands for an absent one, `undefined` makes the key required. */
  take<T>(names: readonly [string, ...string[]], rule: Rule<T>, fallback: T | undefined): T {
    for (const name of names) this.seen.add(name);
    const name = names.find((alias) => this.source[alias] !== undefined);
    if (name !== undefined) return readRule(rule, this.source[name], name, this.errors);
    if (fallback === undefined) this.errors.add(names[0], 'is required');
    // With an error noted the value is never used: the request is refused as a whole.
    return fallback as T;
  }

  unknown(): readonly string[] {
    return Object.keys(this.source).filter((key) => !this.seen.has(key));
  }
}

function readConfig(source: Fields, face: Face, major: number): CreateConfig {
  const reader = new Reader(source);
  const texts = rules.optional(rules.list(rules.text));
  const textMap = rules.optional(rules.map(rules.text));
  const byId = major >= 9 && face.since('25.12');
  const options = rules.optional(rules.map(rules.mountOption));
  const resourceOptions = rules.optional(rules.resourceOptions);
  const config = {
    mounts: reader.take(['mounts'], texts, null) ?? [],
    mountMap: reader.take(['mount_map', 'mountMap'], textMap, null) ?? {},
    mountOptions: reader.take(['mount_options', 'mountOptions'], options, null) ?? {},
    environ: reader.take(['environ'], textMap, null) ?? {},
    scalingGroup: reader.take(['scaling_group', 'scalingGroup'], rules.optional(rules.text), null),
    resources: reader.take(['resources'], rules.optional(rules.object), null) ?? {},
    shmem: (reader.take(['resource_opts', 'resourceOpts'], resourceOptions, null) ?? { shmem: null }).shmem,
    preopenPorts: reader.take(['preopen_ports', 'preopenPorts'], rules.optional(rules.list(rules.port)), null) ?? [],
    agentList: reader.take(['agent_list', 'agentList'], texts, null),
    mountIds: byId ? (reader.take(['mount_ids'], rules.optional(rules.list(rules.uuid)), null) ?? []) : [],
    mountIdMap: byId ? (reader.take(['mount_id_map', 'mountIdMap'], rules.optional(rules.uuidMap), null) ?? {}) : {},
  };
  if (major >= 8 && face.since('24.12'))
    reader.take(['attach_network', 'attachNetwork'], rules.optional(rules.uuid), null);
  const [unknown] = reader.unknown();
  // Up to 26.2 the manager checks this object where nothing catches the failure, so the answer is a 500 and no map.
  if (unknown !== undefined) throw serverError(`${unknown} is not allowed key of config`);
  if (!reader.errors.none) throw badFields({ config: reader.errors.map });
  return config;
}

/**
 * `major` is the major number of `X-BackendAI-Version`: it selects the schema of `config`.
 * Throws a Problem: 400 invalid-api-params with the fields in `data`, 500 for an unknown key inside `config`.
 */
export function readCreateBody(source: Fields, face: Face, major: number): CreateBody {
  const reader = new Reader(source);
  const optionalText = rules.optional(rules.text);
  const configSource = reader.take(['config'], rules.object, {});
  const body = {
    name: reader.take(['name', 'session_name', 'clientSessionToken'], rules.matching(sessionName), undefined),
    image: reader.take(['image', 'lang'], rules.text, undefined),
    architecture: reader.take(['arch', 'architecture'], rules.text, 'x86_64'),
    type: reader.take(['type', 'sessionType'], rules.oneOf(types), 'interactive'),
    group: reader.take(['group', 'groupName', 'group_name'], rules.text, 'default'),
    domain: reader.take(['domain', 'domainName', 'domain_name'], rules.text, 'default'),
    clusterSize: reader.take(['cluster_size', 'clusterSize'], rules.integer(1), 1),
    clusterMode: reader.take(['cluster_mode', 'clusterMode'], rules.clusterMode(modes), 'single-node'),
    priority: face.since('24.09') ? reader.take(['priority'], rules.integer(0, 100), 10) : 10,
    tag: reader.take(['tag'], optionalText, null),
    enqueueOnly: reader.take(['enqueueOnly'], rules.flag, false),
    maxWaitSeconds: reader.take(['maxWaitSeconds'], rules.integer(0), 0),
    reuseIfExists: reader.take(['reuseIfExists'], rules.flag, true),
    startupCommand: reader.take(['startupCommand'], optionalText, null),
    bootstrapScript: reader.take(['bootstrap_script', 'bootstrapScript'], optionalText, null),
    dependencies: reader.take(['dependencies'], rules.optional(rules.list(rules.text)), null) ?? [],
    ownerAccessKey: reader.take(['owner_access_key'], optionalText, null),
    startsAt: reader.take(['starts_at', 'startsAt'], optionalText, null),
    batchTimeout: face.since('24.12')
      ? reader.take(['batch_timeout', 'batchTimeout'], rules.optional(rules.duration), null)
      : null,
  };
  reader.take(['callback_url', 'callbackUrl', 'callbackURL'], rules.optional(rules.url), null);
  for (const key of reader.unknown()) reader.errors.add(key, `${key} is not allowed key`);
  if (!reader.errors.none) throw badFields(reader.errors.map);
  if (body.name === 'from-template') throw badParameters(`Requested session ID ${body.name} is reserved word`);
  return { ...body, config: readConfig(isFields(configSource) ? configSource : {}, face, major) };
}
