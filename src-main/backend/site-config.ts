/**
 * What a webserver tells its clients in `/config.toml` (API reference, section 2.6): how the site wants to be used, and
 * how large a container may be. Everything has a default, and unknown or odd values never spoil the rest.
 */
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';

const gibibyte = 2 ** 30;

export interface SiteConfig {
  /** `session`: sign-in through this webserver; `api`: with keys, straight at the manager. Null where not told. */
  readonly mode: 'session' | 'api' | null;
  readonly endpoint: string | null;
  readonly siteName: string | null;
  readonly defaultEnvironment: string | null;
  /** Lets people type the reference of an image that is not in the list. */
  readonly manualImageName: boolean;
  readonly customAllocation: boolean;
  readonly containerCommit: boolean;
  readonly hideAgents: boolean;
  /** People may see what their project may use. */
  readonly projectMonitor: boolean;
  readonly signUp: boolean;
  readonly anonymousPasswordChange: boolean;
  readonly extendLogin: boolean;
  /** Single sign-on services that the site's web page offers. */
  readonly singleSignOn: readonly string[];
  readonly maskUserInfo: boolean;
  readonly forceTwoFactor: boolean;
  readonly maxPreopenPorts: number;
  /** Image for sessions that only carry SFTP. */
  readonly sshImage: string | null;
  readonly fileBrowserImage: string | null;
  readonly folderUsage: 'by-folder' | 'by-scope';
  readonly maxUploadBytes: number | null;
  /** By slot: memory in bytes, others in their own unit. */
  readonly maximum: Readonly<Record<string, number>>;
  readonly maxShmemBytes: number;
  readonly allowPublicPorts: boolean;
  readonly allowUnauthenticatedTcp: boolean;
  readonly allowPreferredPort: boolean;
  /** Only these environments, by the beginning of their names; empty: all. */
  readonly environments: readonly string[];
  readonly showNotInstalled: boolean;
  readonly proxyUrl: string | null;
  /** Pages that the site hides from its own client: a hint, no rule. */
  readonly hiddenPages: readonly string[];
}

const slotKeys: Readonly<Record<string, string>> = {
  maxCPUCoresPerContainer: 'cpu',
  maxMemoryPerContainer: 'mem',
  maxCUDADevicesPerContainer: 'cuda.device',
  maxCUDASharesPerContainer: 'cuda.shares',
  maxROCMDevicesPerContainer: 'rocm.device',
  maxTPUDevicesPerContainer: 'tpu.device',
  maxIPUDevicesPerContainer: 'ipu.device',
  maxATOMDevicesPerContainer: 'atom.device',
  maxATOMPLUSDevicesPerContainer: 'atom-plus.device',
  maxATOMMAXDevicesPerContainer: 'atom-max.device',
  maxGaudi2DevicesPerContainer: 'gaudi2.device',
  maxWarboyDevicesPerContainer: 'warboy.device',
  maxRNGDDevicesPerContainer: 'rngd.device',
  maxHyperaccelLPUDevicesPerContainer: 'hyperaccel-lpu.device',
};

/** Whatever their case: a template of 25.15 writes `maxATOMPlUSDevicesPerContainer`. */
const slotOf = new Map(Object.entries(slotKeys).map(([key, slot]) => [key.toLowerCase(), slot]));

/** The official client's own bounds where the site names none (section 2.6). */
const defaultMaximum = { cpu: 64, mem: 64 * gibibyte, 'cuda.device': 16, 'cuda.shares': 16 } as const;

const flag = z.unknown().optional().transform(asFlag);
const text = z.unknown().optional().transform(asText);
const amount = z.unknown().optional().transform(asAmount);
const section = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (typeof value === 'object' && value !== null ? value : {}), z.looseObject(shape));

const Config = z.object({
  general: section({
    apiEndpoint: text,
    siteDescription: text,
    apiEndpointText: text,
    connectionMode: text,
    defaultSessionEnvironment: text,
    allowManualImageNameForSession: flag,
    allowCustomResourceAllocation: flag,
    enableContainerCommit: flag,
    hideAgents: flag,
    allowProjectResourceMonitor: flag,
    signupSupport: flag,
    allowAnonymousChangePassword: flag,
    enableExtendLoginSession: flag,
    singleSignOnVendors: text,
    maskUserInfo: flag,
    force2FA: flag,
    maxCountForPreopenPorts: amount,
    systemSSHImage: text,
    defaultFileBrowserImage: text,
    directoryBasedUsage: flag,
  }),
  resources: section({
    openPortToPublic: flag,
    allowNonAuthTCP: flag,
    allowPreferredPort: flag,
    maxShmPerContainer: amount,
    maxFileUploadSize: amount,
  }),
  environments: section({ allowlist: text, showNonInstalledImages: flag }),
  menu: section({ blocklist: text, inactivelist: text }),
  wsproxy: section({ proxyURL: text }),
});

/** Throws BerthError `bad-answer` for a text that is no TOML. */
export function parseSiteConfig(source: string): SiteConfig {
  const { general, resources, environments, menu, wsproxy } = Config.parse(withSections(parseLeniently(source)));
  const mode = general.connectionMode?.toUpperCase();
  return {
    mode: mode === 'SESSION' ? 'session' : mode === 'API' ? 'api' : null,
    endpoint: general.apiEndpoint,
    siteName: general.siteDescription ?? general.apiEndpointText,
    defaultEnvironment: general.defaultSessionEnvironment,
    manualImageName: general.allowManualImageNameForSession ?? false,
    customAllocation: general.allowCustomResourceAllocation ?? true,
    containerCommit: general.enableContainerCommit ?? false,
    hideAgents: general.hideAgents ?? true,
    projectMonitor: general.allowProjectResourceMonitor ?? true,
    signUp: general.signupSupport ?? false,
    anonymousPasswordChange: general.allowAnonymousChangePassword ?? false,
    extendLogin: general.enableExtendLoginSession ?? false,
    singleSignOn: listOf(general.singleSignOnVendors),
    maskUserInfo: general.maskUserInfo ?? false,
    forceTwoFactor: general.force2FA ?? false,
    maxPreopenPorts: general.maxCountForPreopenPorts ?? 10,
    sshImage: general.systemSSHImage,
    fileBrowserImage: general.defaultFileBrowserImage,
    folderUsage: general.directoryBasedUsage === true ? 'by-folder' : 'by-scope',
    maxUploadBytes: resources.maxFileUploadSize === null ? 2 ** 32 : positive(resources.maxFileUploadSize),
    maximum: maximumOf(resources),
    maxShmemBytes: (resources.maxShmPerContainer ?? 2) * gibibyte,
    allowPublicPorts: resources.openPortToPublic ?? false,
    allowUnauthenticatedTcp: resources.allowNonAuthTCP ?? false,
    allowPreferredPort: resources.allowPreferredPort ?? false,
    environments: listOf(environments.allowlist),
    showNotInstalled: environments.showNonInstalledImages ?? false,
    proxyUrl: wsproxy.proxyURL,
    hiddenPages: [...listOf(menu.blocklist), ...listOf(menu.inactivelist)],
  };
}

/** What a site is taken for that serves no such file: a manager without a webserver. */
export const defaultSiteConfig: SiteConfig = parseSiteConfig('');

function maximumOf(resources: Readonly<Record<string, unknown>>): Record<string, number> {
  const maximum: Record<string, number> = { ...defaultMaximum };
  for (const [key, raw] of Object.entries(resources)) {
    const slot = slotOf.get(key.toLowerCase());
    const value = asAmount(raw);
    if (slot !== undefined && value !== null && value > 0) maximum[slot] = slot === 'mem' ? value * gibibyte : value;
  }
  return maximum;
}

function parseLeniently(source: string): Record<string, unknown> {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    try {
      return parse(withoutSecondDebug(source));
    } catch (again) {
      const params = { path: '/config.toml', reason: 'shape' };
      throw new BerthError('bad-answer', { place: 'site', retry: 'user', params, cause: again });
    }
  }
}

/** Webservers from 22.09 to 26.2 write `debug` twice into `[general]`, which TOML forbids: the first one counts. */
function withoutSecondDebug(source: string): string {
  let table = '';
  let seen = false;
  return source
    .split(/\r?\n/)
    .filter((line) => {
      table = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1]?.trim() ?? table;
      if (table !== 'general' || !/^\s*debug\s*=/.test(line)) return true;
      const first = !seen;
      seen = true;
      return first;
    })
    .join('\n');
}

function withSections(config: Record<string, unknown>): Record<string, unknown> {
  return { general: {}, resources: {}, environments: {}, menu: {}, wsproxy: {}, ...config };
}

function asFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function asAmount(value: unknown): number | null {
  const number =
    typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function positive(value: number): number | null {
  return value > 0 ? value : null;
}

function listOf(value: string | null): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
