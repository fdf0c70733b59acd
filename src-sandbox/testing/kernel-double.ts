/**
 * A runtime without processes, for unit tests: kernels are objects, services are in-memory streams.
 */
import { type Duplex, duplexPair } from 'node:stream';
import {
  type EnvironmentInfo,
  type KernelRuntime,
  type KernelSpec,
  type KernelUsage,
  type PullProgress,
  type RunningKernel,
  ServiceError,
  type ServicePort,
} from '../runtime/kernel.ts';

const services: readonly ServicePort[] = [
  { name: 'jupyter', protocol: 'http', containerPorts: [8080] },
  { name: 'sshd', protocol: 'tcp', containerPorts: [2200] },
  { name: 'broken', protocol: 'http', containerPorts: [8090] },
  { name: 'refusing', protocol: 'tcp', containerPorts: [8091] },
];

function environment(name: string, installed: boolean): EnvironmentInfo {
  return {
    name,
    title: name,
    version: '1.0',
    tag: '1.0-local',
    services: services.filter((service) => service.name !== 'sshd'),
    minimum: { cpu: '1', mem: '256m' },
    preferredShmem: '64m',
    accelerators: ['cuda', 'rocm'],
    installed,
  };
}

export class KernelDouble implements RunningKernel {
  readonly home: string;
  readonly services = services;
  readonly ended: Promise<number | null>;
  readonly started: string[] = [];
  /** The service's ends of the streams that were opened. */
  readonly connections: Duplex[] = [];
  readonly spec: KernelSpec;
  stopped = false;
  /** Lets the main process end by itself. */
  endBy: (exitCode: number | null) => void = () => undefined;

  constructor(spec: KernelSpec, home: string) {
    this.spec = spec;
    this.home = home;
    this.ended = new Promise((resolve) => {
      this.endBy = resolve;
    });
  }

  ensureService(name: string): Promise<void> {
    if (name === 'broken')
      return Promise.reject(new ServiceError('failed', 'opening the service port timed out: broken'));
    this.started.push(name);
    return Promise.resolve();
  }

  connect(name: string): Promise<Duplex> {
    if (name === 'refusing') return Promise.reject(new ServiceError('refused', 'connection refused'));
    const [client, service] = duplexPair();
    this.connections.push(service);
    return Promise.resolve(client);
  }

  shutdownService(name: string): Promise<void> {
    this.started.splice(0, this.started.length, ...this.started.filter((one) => one !== name));
    return Promise.resolve();
  }

  rotateHostKey(): Promise<void> {
    this.started.push('another host key');
    return Promise.resolve();
  }

  readFile(path: string): Promise<Buffer> {
    if (path === 'id_container') return Promise.resolve(Buffer.from(this.spec.userKey.privatePem));
    return Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' }));
  }

  runBatch(command: string): Promise<number> {
    this.started.push(command);
    return Promise.resolve(Number(/^exit (\d+)$/.exec(command)?.[1] ?? 0));
  }

  logs(): string {
    return 'a line\n';
  }

  usage(): Promise<KernelUsage> {
    return Promise.resolve({ cpuUtilPercent: 12.5, cpuUsedMs: 40, memBytes: 1024, ioReadBytes: 1, ioWriteBytes: 2 });
  }

  stop(): Promise<void> {
    this.stopped = true;
    for (const connection of this.connections) connection.end();
    this.endBy(null);
    return Promise.resolve();
  }
}

export class RuntimeDouble implements KernelRuntime {
  readonly kernels: KernelDouble[] = [];
  readonly home: string;
  /** What `pull` does with the progress it is given; replaced by tests. */
  pulling: (onProgress: (progress: PullProgress) => void, signal: AbortSignal) => Promise<void> = () =>
    Promise.resolve();
  failure: string | null = null;
  disposed = false;
  private readonly installed = new Set(['python']);

  constructor(home: string) {
    this.home = home;
  }

  environments(): Promise<readonly EnvironmentInfo[]> {
    return Promise.resolve(['python', 'jupyter'].map((name) => environment(name, this.installed.has(name))));
  }

  async pull(name: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void> {
    await this.pulling(onProgress, signal);
    this.installed.add(name);
  }

  start(spec: KernelSpec): Promise<RunningKernel> {
    if (this.failure !== null) return Promise.reject(new Error(this.failure));
    const kernel = new KernelDouble(spec, this.home);
    this.kernels.push(kernel);
    return Promise.resolve(kernel);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.all(this.kernels.map((kernel) => kernel.stop()));
  }
}
