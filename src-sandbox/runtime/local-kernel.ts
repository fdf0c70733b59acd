/** One kernel: its home, its supervisor, its SSH server and its services. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Doors, layWay, openDoors, type WayPlace } from './cluster-way.ts';
import type { FoundEnvironment } from './environments/environments.ts';
import { prepareHome, readHomeFile } from './home.ts';
import { type KernelSpec, type KernelUsage, type RunningKernel, ServiceError, type ServicePort } from './kernel.ts';
import { kernelEnvironment, loginShell } from './kernel-env.ts';
import { LogTail } from './log-tail.ts';
import { cleanCommand } from './processes/clean-command.ts';
import { processName } from './processes/process-table.ts';
import { MemberSet, type ProcessTracker } from './processes/process-tracker.ts';
import { type Supervisor, startSupervisor } from './processes/supervisor.ts';
import { servicePorts } from './services/service-definitions.ts';
import { openSocket, ServiceHost, type ServiceRequest } from './services/service-host.ts';
import { type SshServer, startBuiltinServer } from './ssh/builtin-server.ts';
import { ownNames } from './ssh/forward.ts';
import { makeHostKey } from './ssh/host-key.ts';
import type { ShellSettings } from './ssh/session-channel.ts';
import { type SystemServerKind, startSystemServer } from './ssh/system-server.ts';

export interface KernelPlace {
  /** Folder of all kernels; this one's is made in it. */
  readonly sessionsFolder: string;
  readonly sshd: 'builtin' | 'none' | SystemServerKind;
  readonly forwarding: boolean;
  readonly log: (line: string) => void;
  readonly tracker: ProcessTracker;
  /** The running kernel of the same session that has this name. */
  readonly peer: (host: string) => LocalKernel | null;
}

interface Parts {
  readonly home: string;
  readonly kernelFolder: string;
  readonly supervisor: Supervisor;
  readonly members: MemberSet;
  readonly host: ServiceHost;
  readonly environment: Readonly<Record<string, string>>;
  readonly logTail: LogTail;
  readonly shell: string;
  readonly way: WayPlace;
}

/** @throws Error in words; whatever was started by then is ended and deleted. */
export async function startKernel(spec: KernelSpec, found: FoundEnvironment, place: KernelPlace): Promise<LocalKernel> {
  const kernelFolder = join(place.sessionsFolder, spec.kernelId);
  await mkdir(kernelFolder, { mode: 0o700 });
  // Short, because a Unix socket's path is limited to about 107 characters; mkdtemp makes it private (0700).
  const socketFolder = await mkdtemp(join(await realpath(tmpdir()), 'berth-'));
  // A later run of the sandbox deletes it if both this one and the supervisor are killed.
  await writeFile(join(kernelFolder, 'owner'), processName(process.pid) ?? '', { mode: 0o600 });
  await writeFile(join(kernelFolder, 'sockets'), socketFolder, { mode: 0o600 });
  const logTail = new LogTail();
  const log = (line: string): void => {
    logTail.line(line);
    place.log(`${spec.sessionName}: ${line}`);
  };
  const supervisor = startSupervisor(spec.kernelId, [kernelFolder, socketFolder], log);
  const members = new MemberSet(supervisor.list);
  place.tracker.add(members);
  try {
    const shell = loginShell();
    const home = await prepareHome(kernelFolder, spec, shell);
    const services = portsOf(spec, found, place.sshd !== 'none');
    const environment: Record<string, string> = {
      ...kernelEnvironment({ spec, services, home, shell, pathPrefix: found.pathPrefix }),
      // Containers have a /tmp of their own; without this all sessions would share one tmux server.
      TMUX_TMPDIR: socketFolder,
    };
    const way: WayPlace = { home, kernelFolder, socketFolder, path: environment.PATH ?? '' };
    // Before a PATH of the person's own, too: the plain `ssh` would follow their configuration of this computer.
    environment.PATH = [...(await layWay(spec, way)), way.path].join(delimiter);
    environment.BERTH_KERNEL_PATH = environment.PATH;
    const host = new ServiceHost(found.services, {
      place: { home, kernelFolder, socketFolder, shell },
      environment,
      onProcess: (pid) => members.addRoot(pid),
      output: (data) => logTail.append(data),
    });
    const kernel = new LocalKernel(spec, services, place, {
      home,
      kernelFolder,
      supervisor,
      members,
      host,
      environment,
      logTail,
      shell,
      way,
    });
    await kernel.begin(socketFolder, log);
    return kernel;
  } catch (error) {
    place.tracker.remove(members);
    await supervisor.finish();
    throw error;
  }
}

/** The order in which a manager lists them: sshd, ttyd, pre-opened ports, then the image's. */
function portsOf(spec: KernelSpec, found: FoundEnvironment, hasSsh: boolean): ServicePort[] {
  const own = found.services.map((service) => service.port);
  const first = own.filter((port) => port.name === 'ttyd');
  const opened = spec.preopenPorts.map(
    (port): ServicePort => ({ name: String(port), protocol: 'preopen', containerPorts: [port] }),
  );
  return [...(hasSsh ? [servicePorts.sshd] : []), ...first, ...opened, ...own.filter((port) => port.name !== 'ttyd')];
}

export class LocalKernel implements RunningKernel {
  readonly home: string;
  readonly services: readonly ServicePort[];
  readonly ended: Promise<number | null>;
  private readonly spec: KernelSpec;
  private readonly place: KernelPlace;
  private readonly parts: Parts;
  private sshd: SshServer | null = null;
  /** Servers with an earlier host key; their connections stand. */
  private readonly formerSshd: SshServer[] = [];
  private restartSsh: (() => Promise<SshServer>) | null = null;
  private doors: Doors | null = null;
  private stopping: Promise<void> | null = null;

  constructor(spec: KernelSpec, services: readonly ServicePort[], place: KernelPlace, parts: Parts) {
    this.spec = spec;
    this.services = services;
    this.place = place;
    this.parts = parts;
    this.home = parts.home;
    this.ended = parts.supervisor.gone;
  }

  /** Host key and SSH server, then the bootstrap script, then the services that run from the start. */
  async begin(socketFolder: string, log: (line: string) => void): Promise<void> {
    const { host, way } = this.parts;
    if (this.place.sshd !== 'none') {
      this.sshd = await this.startSsh(this.place.sshd, socketFolder, log);
      this.doors = await openDoors(this.spec, way, async (name) => this.hostNamed(name).connect('sshd'), log);
    }
    await this.runBootstrap();
    if (host.has('ttyd')) {
      // As in a container: a session runs even if one of its intrinsic services does not start.
      host.ensure('ttyd', { arguments: {}, envs: {} }).catch((error: unknown) => log(`ttyd: ${String(error)}`));
    }
    const { sshd } = this.place;
    if (sshd !== 'none') this.restartSsh = () => this.startSsh(sshd, socketFolder, log);
  }

  /** A new host key and a server that has it. */
  private async startSsh(
    kind: 'builtin' | SystemServerKind,
    socketFolder: string,
    log: (line: string) => void,
  ): Promise<SshServer> {
    const { home, kernelFolder, environment, members, shell } = this.parts;
    const settings: ShellSettings = {
      home,
      shell,
      environment: { ...environment, SSH_CLIENT: '127.0.0.1 0 2200', SSH_CONNECTION: '127.0.0.1 0 127.0.0.1 2200' },
      onProcess: (pid) => members.addRoot(pid),
      log,
      forwarding: this.place.forwarding,
    };
    const hostKey = await makeHostKey(kernelFolder);
    const hosts = this.spec.cluster?.hosts ?? ['main1'];
    return kind === 'builtin'
      ? startBuiltinServer(hostKey.pem, settings, hosts, (port, name) => this.openPort(port, name))
      : startSystemServer(kind, socketFolder, hostKey.path, settings, hosts);
  }

  async rotateHostKey(): Promise<void> {
    if (this.restartSsh === null || this.stopping !== null) return;
    if (this.sshd !== null) this.formerSshd.push(this.sshd);
    this.sshd = await this.restartSsh();
  }

  private async runBootstrap(): Promise<void> {
    const { bootstrapScript } = this.spec;
    if (bootstrapScript === null) return;
    const { home, logTail } = this.parts;
    const path = join(home, 'bootstrap.sh');
    await writeFile(path, bootstrapScript, { mode: 0o700 });
    logTail.line('running bootstrap.sh');
    const outcome = await this.runToEnd(bootstrapScript.startsWith('#!') ? [path] : ['/bin/sh', path]);
    logTail.line(
      typeof outcome === 'string' ? `bootstrap.sh could not be run: ${outcome}` : `bootstrap.sh ended (${outcome})`,
    );
  }

  async runBatch(command: string): Promise<number> {
    const outcome = await this.runToEnd([this.parts.shell, '-c', command]);
    if (typeof outcome === 'number') return outcome;
    this.parts.logTail.line(outcome);
    return 127;
  }

  /**
   * Runs a program in the home; its output goes to the log. Resolves with its exit code, or with why it could not run.
   * Waits for its end, not the end of its output: what it leaves running in the background must not hold up the session.
   */
  private runToEnd([file = '', ...args]: readonly string[]): Promise<number | string> {
    const { home, environment, logTail, members } = this.parts;
    const command = cleanCommand(file, args);
    const child: ChildProcess = spawn(command.file, command.args, {
      cwd: home,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    members.addRoot(child.pid);
    child.stdout?.on('data', (data: Buffer) => logTail.append(data));
    child.stderr?.on('data', (data: Buffer) => logTail.append(data));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0)));
      void this.ended.then(() => resolve('the session ended'));
    });
  }

  async ensureService(name: string, options: ServiceRequest): Promise<void> {
    this.refuseWhenStopped();
    if (name === 'sshd' || this.isPreopen(name)) return;
    await this.parts.host.ensure(name, options);
  }

  async connect(name: string, containerPort?: number): Promise<Duplex> {
    this.refuseWhenStopped();
    const service = this.services.find((one) => one.name === name);
    if (!service) throw new ServiceError('unknown', 'invalid service name');
    if (containerPort !== undefined && !service.containerPorts.includes(containerPort)) {
      throw new ServiceError('unknown', `the service ${name} has no port ${containerPort}`);
    }
    if (name === 'sshd') {
      if (!this.sshd) throw new ServiceError('refused', 'the SSH server does not run');
      return this.sshd.connect();
    }
    if (service.protocol === 'preopen')
      return openSocket({ host: '127.0.0.1', port: service.containerPorts[0] ?? 0 }, name);
    return this.parts.host.connect(name);
  }

  /** Whether this is the host of that name in that session. */
  isHost(sessionId: string, name: string): boolean {
    return this.spec.sessionId === sessionId && (this.spec.cluster?.host ?? 'main1') === name;
  }

  /** A kernel of the session by its name. @throws ServiceError when it does not run. */
  private hostNamed(name: string): LocalKernel {
    this.refuseWhenStopped();
    if (ownNames.has(name) || this.isHost(this.spec.sessionId, name)) return this;
    const peer = this.place.peer(name);
    if (peer === null) throw new ServiceError('refused', `${name} does not run`);
    return peer;
  }

  /** A port of a container as seen from inside: its SSH server, a service's socket, else a real port of this machine. */
  private async openPort(port: number, host: string): Promise<Duplex> {
    const kernel = this.hostNamed(host);
    if (servicePorts.sshd.containerPorts.some((own) => own === port)) return kernel.connect('sshd');
    const name = kernel.parts.host.nameOfPort(port);
    if (name !== null) return kernel.parts.host.connect(name);
    return openSocket({ host: '127.0.0.1', port }, `port ${port}`);
  }

  private isPreopen(name: string): boolean {
    return this.services.some((service) => service.protocol === 'preopen' && service.name === name);
  }

  private refuseWhenStopped(): void {
    if (this.stopping) throw new ServiceError('refused', 'the session is ending');
  }

  async shutdownService(name: string): Promise<void> {
    if (!this.services.some((service) => service.name === name))
      throw new ServiceError('unknown', 'invalid service name');
    await this.parts.host.shutdown(name);
  }

  readFile(path: string, limitBytes: number): Promise<Buffer> {
    return readHomeFile(this.home, this.spec, path, limitBytes);
  }

  logs(): string {
    return this.parts.logTail.text();
  }

  usage(): Promise<KernelUsage> {
    return this.parts.members.usage();
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    const { host, supervisor, members } = this.parts;
    host.close();
    this.doors?.close();
    // One more look, so that the supervisor knows everything that runs now.
    this.place.tracker.look();
    for (const sshd of [this.sshd, ...this.formerSshd]) sshd?.close();
    this.place.tracker.remove(members);
    await supervisor.finish();
  }
}
