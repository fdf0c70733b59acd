/**
 * What the API side of the sandbox may ask of a session's processes. Nothing here knows HTTP or Backend.AI's wire;
 * nothing behind it knows accounts or statuses.
 */
import type { Duplex } from 'node:stream';

/** One service of a kernel, as the image label `ai.backend.service-ports` would declare it. */
export interface ServicePort {
  readonly name: string;
  readonly protocol: 'http' | 'tcp' | 'preopen';
  /** Ports as seen inside the container; on this machine nothing listens there (services listen on Unix sockets). */
  readonly containerPorts: readonly number[];
}

/** What a kernel is started with. */
export interface KernelSpec {
  readonly sessionId: string;
  readonly sessionName: string;
  readonly kernelId: string;
  /** Name of an environment of `environments.ts`, without registry and tag. */
  readonly environment: string;
  readonly environ: Readonly<Record<string, string>>;
  /** Folders to show in the home: name in the home (may hold slashes) -> real folder on this machine. */
  readonly mounts: readonly { readonly target: string; readonly source: string; readonly readOnly: boolean }[];
  readonly preopenPorts: readonly number[];
  readonly bootstrapScript: string | null;
  /** Files put into the home: path below it, permission in octal, content. */
  readonly dotfiles?: readonly { readonly path: string; readonly permission: string; readonly data: string }[];
  /** PEM private key that becomes `id_container`, and the OpenSSH public line admitted by the SSH server. */
  readonly userKey: { readonly privatePem: string; readonly publicLine: string };
  readonly resources: {
    readonly cpu: number;
    readonly memBytes: number;
    readonly accelerators: Readonly<Record<string, string>>;
  };
  /** Its place among the kernels of its session; alone without it. */
  readonly cluster?: {
    readonly hosts: readonly string[];
    readonly host: string;
    readonly role: 'main' | 'sub';
    readonly index: number;
    readonly rank: number;
    /** The session's own, with which each of its kernels is let into the others; null: there are no others. */
    readonly key: { readonly privatePem: string; readonly publicLine: string } | null;
  };
}

/** Amounts in use now, read from the machine; accelerator figures are simulated and labelled so by the caller. */
export interface KernelUsage {
  readonly cpuUtilPercent: number;
  readonly cpuUsedMs: number;
  readonly memBytes: number;
  readonly ioReadBytes: number;
  readonly ioWriteBytes: number;
}

/** A refusal to start or reach a service, in the agent's own words (tunnels reference, section 1.6). */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly reason: string;
  readonly kind: 'unknown' | 'failed' | 'refused';
  constructor(kind: 'unknown' | 'failed' | 'refused', reason: string) {
    super(reason);
    this.kind = kind;
    this.reason = reason;
  }
}

/** A running kernel: a process group with its own home, SSH server and services. */
export interface RunningKernel {
  readonly home: string;
  readonly services: readonly ServicePort[];
  /** Starts the service if it does not run yet and resolves when it answers. Throws {@link ServiceError}. */
  ensureService(
    name: string,
    options: { arguments: Readonly<Record<string, unknown>>; envs: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** One raw byte stream to the service (the sandbox's proxy is the only caller). Throws {@link ServiceError}. */
  connect(name: string, containerPort?: number): Promise<Duplex>;
  shutdownService(name: string): Promise<void>;
  /** Gives the SSH server another host key; connections that stand keep theirs. For fault scripts. */
  rotateHostKey(): Promise<void>;
  /** Reads a file under the home, at most `limitBytes`. Throws an Error with `code` ENOENT, EACCES or EFBIG. */
  readFile(path: string, limitBytes: number): Promise<Buffer>;
  logs(): string;
  /** Runs a command in the home to its end and resolves with its exit code; 128 + n for one that signal n ended. */
  runBatch(command: string): Promise<number>;
  usage(): Promise<KernelUsage>;
  /** Ends every process of the kernel and deletes its home; folders that were mounted stay. Idempotent. */
  stop(): Promise<void>;
  /** Resolves when the kernel ended by itself (main process gone), with its exit code. */
  readonly ended: Promise<number | null>;
}

/** Progress of fetching an environment that is not on this machine yet. */
export interface PullProgress {
  readonly current: number;
  readonly total: number;
  readonly message: string;
}

/** An environment this machine has or could get. */
export interface EnvironmentInfo {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly tag: string;
  readonly services: readonly ServicePort[];
  readonly minimum: Readonly<Record<string, string>>;
  readonly preferredShmem: string;
  readonly accelerators: readonly string[];
  /** False: offered as not yet pulled. */
  readonly installed: boolean;
}

/** All kernels of one sandbox. */
export interface KernelRuntime {
  environments(): Promise<readonly EnvironmentInfo[]>;
  /** Fetches a missing environment; throws an Error whose message is fit for people when it cannot be had. */
  pull(name: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>;
  start(spec: KernelSpec): Promise<RunningKernel>;
  /** Ends every kernel; called once at shutdown. */
  dispose(): Promise<void>;
}
