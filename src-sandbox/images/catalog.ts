/**
 * The runtime's environments in the clothes of Backend.AI images: references, labels, minimums.
 */
import { createHash } from 'node:crypto';
import type { EnvironmentInfo, KernelRuntime, ServicePort } from '../runtime/kernel.ts';
import { type Amount, readBinarySize, readDecimal, showAmount } from '../slots/amount.ts';
import type { Slots } from '../slots/slots.ts';

export const registry = 'sandbox.localhost';
export const imageProject = 'stable';

/** The architecture name of Backend.AI for this machine. */
export const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** How long the runtime's answer is believed; looking for programs on disk for every query would be waste. */
const believeMs = 3000;

export interface Image {
  readonly environment: EnvironmentInfo;
  readonly id: string;
  /** What a client writes as `image` when it creates a session. */
  readonly reference: string;
  /** Of the image that it was made of; its own for one that was not made of another. */
  readonly baseReference: string;
  readonly tag: string;
  readonly namespace: string;
  readonly aliases: readonly string[];
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly minimum: Slots;
  readonly preferredShmem: Amount;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A UUID that is the same for the same image in every run. */
function uuidOf(text: string): string {
  const hex = digestOf(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The image label `ai.backend.service-ports`: no space after a comma, a list of ports in brackets. */
export function servicePortsLabel(services: readonly ServicePort[]): string {
  return services
    .filter(({ name }) => name !== 'sshd' && name !== 'ttyd')
    .map(({ name, protocol, containerPorts }) => {
      const ports = containerPorts.length === 1 ? String(containerPorts[0]) : `[${containerPorts.join(',')}]`;
      return `${name}:${protocol}:${ports}`;
    })
    .join(',');
}

function readMinimum(environment: EnvironmentInfo): Slots {
  const minimum: Record<string, Amount> = {};
  for (const [name, text] of Object.entries(environment.minimum)) {
    const amount = name === 'mem' ? readBinarySize(text) : readDecimal(text);
    if (amount === null) throw new Error(`The environment ${environment.name} has a bad minimum for ${name}: ${text}`);
    minimum[name] = amount;
  }
  return minimum;
}

function labelsOf(environment: EnvironmentInfo, minimum: Slots): Readonly<Record<string, string>> {
  const ports = servicePortsLabel(environment.services);
  return {
    'ai.backend.role': 'COMPUTE',
    'ai.backend.features': 'uid-match',
    ...(ports === '' ? {} : { 'ai.backend.service-ports': ports }),
    'ai.backend.runtime-type': environment.name.startsWith('python') ? 'python' : 'app',
    'ai.backend.accelerators': environment.accelerators.join(','),
    ...Object.fromEntries(
      Object.entries(minimum).map(([name, amount]) => [`ai.backend.resource.min.${name}`, showAmount(amount)]),
    ),
    'ai.backend.resource.preferred.shmem': environment.preferredShmem,
  };
}

export function imageOf(environment: EnvironmentInfo): Image {
  const namespace = `${imageProject}/${environment.name}`;
  const reference = `${registry}/${namespace}:${environment.tag}`;
  const minimum = readMinimum(environment);
  const shmem = readBinarySize(environment.preferredShmem) ?? readBinarySize('64m') ?? 0n;
  return {
    environment,
    id: uuidOf(reference),
    reference,
    baseReference: reference,
    tag: environment.tag,
    namespace,
    aliases: [environment.name, `${environment.name}:${environment.tag}`],
    digest: `sha256:${digestOf(reference)}`,
    labels: labelsOf(environment, minimum),
    minimum,
    preferredShmem: shmem,
  };
}

/** All images of the site. Looks at the runtime again after a while, because people install things meanwhile. */
export class ImageCatalog {
  private readonly runtime: KernelRuntime;
  private images: readonly Image[] = [];
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(runtime: KernelRuntime) {
    this.runtime = runtime;
  }

  async list(): Promise<readonly Image[]> {
    if (performance.now() - this.readAt > believeMs) {
      this.images = (await this.runtime.environments()).map(imageOf);
      this.readAt = performance.now();
    }
    return this.images;
  }

  /** Forgets what it knows; called after a pull. */
  refresh(): void {
    this.readAt = Number.NEGATIVE_INFINITY;
  }

  /** By canonical reference or alias; `null` when there is none. */
  async find(reference: string): Promise<Image | null> {
    const images = await this.list();
    return images.find((image) => image.reference === reference || image.aliases.includes(reference)) ?? null;
  }
}
