/** What a kernel's processes see in their environment: nothing of the sandbox's own but what a login would have. */
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, sep } from 'node:path';
import type { KernelSpec, ServicePort } from './kernel.ts';

/** The variable by which every process of a kernel is recognised. */
export const kernelMarker = 'BACKENDAI_KERNEL_ID';
/** The home as a container would have it; absolute paths below it are understood as the kernel's home. */
export const containerHome = '/home/work';

/** Taken over as they are: time zone, and where certificates of this machine's network are. */
const passedOn = ['TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'];

/** PATH without the folders that npm puts in front of it. */
export function cleanPath(path: string | undefined): string {
  const bin = `${sep}node_modules${sep}.bin`;
  const kept = (path ?? '')
    .split(delimiter)
    .filter((part) => part && !part.includes(bin) && !part.includes('node-gyp-bin'));
  return (kept.length > 0 ? kept : ['/usr/local/bin', '/usr/bin', '/bin']).join(delimiter);
}

/** The person's own shell where it can be used, else bash, else sh. */
export function loginShell(
  own: string | undefined = process.env.SHELL,
  usable: (path: string) => boolean = isExecutable,
): string {
  const refused = ['nologin', 'false', 'true', ''];
  const candidates = [own ?? '', '/bin/bash', '/usr/bin/bash', '/bin/sh'];
  return (
    candidates.find((path) => path.startsWith('/') && !refused.includes(basename(path)) && usable(path)) ?? '/bin/sh'
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const alone = { hosts: ['main1'], host: 'main1', role: 'main', index: 1, rank: 0 } as const;

export interface EnvironmentInput {
  readonly spec: KernelSpec;
  readonly services: readonly ServicePort[];
  readonly home: string;
  readonly shell: string;
  /** Folders put in front of PATH, e.g. of a private virtual environment. */
  readonly pathPrefix: readonly string[];
}

/** Tunnels reference, section 3.9. The person's own variables come first, so that they cannot replace identity or marker. */
export function kernelEnvironment(
  input: EnvironmentInput,
  own: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const { spec, services, home, shell } = input;
  const cluster = spec.cluster ?? alone;
  const environment: Record<string, string> = { LANG: 'C.UTF-8' };
  for (const name of passedOn) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  environment.PATH = [...input.pathPrefix, cleanPath(own.PATH)].join(delimiter);
  for (const [name, value] of Object.entries(spec.environ)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !value.includes('\0')) environment[name] = value;
  }
  const ports = services.map((service) => `${service.name}:${service.protocol}:${portText(service.containerPorts)}`);
  return {
    ...environment,
    HOME: home,
    USER: 'work',
    LOGNAME: 'work',
    SHELL: shell,
    BACKENDAI_SESSION_ID: spec.sessionId,
    BACKENDAI_SESSION_NAME: spec.sessionName,
    [kernelMarker]: spec.kernelId,
    BACKENDAI_KERNEL_IMAGE: spec.environment,
    BACKENDAI_CLUSTER_SIZE: String(cluster.hosts.length),
    BACKENDAI_CLUSTER_REPLICAS: cluster.hosts.length === 1 ? 'main:1' : `main:1,sub:${cluster.hosts.length - 1}`,
    BACKENDAI_CLUSTER_HOSTS: cluster.hosts.join(','),
    BACKENDAI_CLUSTER_HOST: cluster.host,
    BACKENDAI_CLUSTER_ROLE: cluster.role,
    BACKENDAI_CLUSTER_IDX: String(cluster.index),
    BACKENDAI_CLUSTER_LOCAL_RANK: String(cluster.rank),
    BACKENDAI_SERVICE_PORTS: ports.join(','),
    BACKENDAI_PREOPEN_PORTS: spec.preopenPorts.join(','),
  };
}

function portText(ports: readonly number[]): string {
  return ports.length === 1 ? String(ports[0]) : `[${ports.join(',')}]`;
}
