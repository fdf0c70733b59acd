/** Starts a kernel's services on first request, one at a time as a container's runner does, and connects to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { ServiceError } from '../kernel.ts';
import { cleanCommand } from '../processes/clean-command.ts';
import { type LaunchPlace, launchOf, type ServiceDefinition, socketPathOf } from './service-definitions.ts';

/** As long as a current runner waits for a service's port. */
const startLimitMs = 30_000;
const askEveryMs = 100;
const stopGraceMs = 3000;

export interface ServiceHostSettings {
  readonly place: LaunchPlace;
  readonly environment: Readonly<Record<string, string>>;
  readonly onProcess: (pid: number | undefined) => void;
  /** Takes the services' output. */
  readonly output: (data: Buffer | string) => void;
  readonly startLimitMs?: number;
}

export interface ServiceRequest {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly envs: Readonly<Record<string, string>>;
}

export class ServiceHost {
  private readonly settings: ServiceHostSettings;
  private readonly definitions: ReadonlyMap<string, ServiceDefinition>;
  private readonly running = new Map<string, ChildProcess>();
  private lock: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(definitions: readonly ServiceDefinition[], settings: ServiceHostSettings) {
    this.definitions = new Map(definitions.map((definition) => [definition.port.name, definition]));
    this.settings = settings;
  }

  has(name: string): boolean {
    return this.definitions.has(name);
  }

  /** Which service has this port in the container. */
  nameOfPort(port: number): string | null {
    for (const [name, definition] of this.definitions) if (definition.port.containerPorts.includes(port)) return name;
    return null;
  }

  isRunning(name: string): boolean {
    const child = this.running.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** @throws ServiceError when it is not known, may not have these arguments, or does not answer in time. */
  async ensure(name: string, asked: ServiceRequest): Promise<void> {
    const definition = this.definitions.get(name);
    if (!definition) throw new ServiceError('unknown', 'invalid service name');
    const before = this.lock;
    const turn = before.then(() => (this.isRunning(name) ? undefined : this.launch(definition, asked)));
    // The next one in line starts whether or not this one could be started.
    this.lock = turn.catch(() => {});
    await turn;
  }

  private async launch(definition: ServiceDefinition, asked: ServiceRequest): Promise<void> {
    const { name } = definition.port;
    refuseSettings(name, asked);
    if (this.closed) throw new ServiceError('failed', 'cancelled');
    const { place, environment, onProcess, output } = this.settings;
    const launch = await launchOf(definition, place);
    // What a service that was killed left behind would make the next one refuse to listen.
    await rm(launch.socketPath, { force: true });
    output(`starting service ${name}: ${launch.file}\n`);
    const command = cleanCommand(launch.file, launch.args);
    const child = spawn(command.file, command.args, {
      cwd: place.home,
      env: { ...environment, ...launch.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.running.set(name, child);
    onProcess(child.pid);
    child.stdout?.on('data', output);
    child.stderr?.on('data', output);
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('error', () => reject(new ServiceError('failed', `the executable file is not found: ${launch.file}`)));
      child.once('exit', (code, signal) => {
        output(`service ${name} ended (${signal ?? code})\n`);
        reject(new ServiceError('failed', `the service ended before it answered (${signal ?? code}): ${name}`));
      });
    });
    const stop = new AbortController();
    try {
      await Promise.race([
        untilAnswering(definition, launch.socketPath, this.settings.startLimitMs ?? startLimitMs, stop.signal),
        failed,
      ]);
    } catch (error) {
      this.running.delete(name);
      signalGroup(child, 'SIGKILL');
      throw error;
    } finally {
      stop.abort();
      failed.catch(() => {});
    }
  }

  /** A byte stream to the service. @throws ServiceError when it is unknown or nobody answers. */
  async connect(name: string): Promise<Socket> {
    const definition = this.definitions.get(name);
    if (!definition) throw new ServiceError('unknown', 'invalid service name');
    if (!this.isRunning(name)) throw new ServiceError('refused', `the service is not running: ${name}`);
    return openSocket({ path: socketPathOf(this.settings.place, name) }, name);
  }

  async shutdown(name: string): Promise<void> {
    const child = this.running.get(name);
    this.running.delete(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    signalGroup(child, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopGraceMs);
    await ended;
    clearTimeout(timer);
  }

  /** No further service is started; the supervisor ends those that run. */
  close(): void {
    this.closed = true;
  }
}

/** None of the services here has arguments or variables that a client may set, so that the first one is refused. */
function refuseSettings(name: string, asked: ServiceRequest): void {
  const [argument] = Object.keys(asked.arguments);
  if (argument !== undefined) throw new ServiceError('failed', `DisallowedArgument('${name}', '${argument}')`);
  const [variable] = Object.keys(asked.envs);
  if (variable !== undefined) throw new ServiceError('failed', `DisallowedEnvironment('${name}', '${variable}')`);
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}

export function openSocket(where: { path: string } | { host: string; port: number }, name: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(where);
    socket.setNoDelay(true);
    const refused = (error: Error): void =>
      reject(new ServiceError('refused', `nothing answers for ${name}: ${error.message}`));
    socket.once('error', refused);
    socket.once('connect', () => {
      socket.removeListener('error', refused);
      resolve(socket);
    });
  });
}

async function untilAnswering(
  definition: ServiceDefinition,
  path: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { name, containerPorts } = definition.port;
  const deadline = performance.now() + limitMs;
  while (!signal.aborted) {
    if (await answers(path, definition.readyPath, containerPorts[0] ?? 80)) return;
    if (performance.now() > deadline) throw new ServiceError('failed', `opening the service port timed out: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

function answers(socketPath: string, path: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = httpRequest({ socketPath, path, headers: { host: `127.0.0.1:${port}` }, timeout: 2000 }, (reply) => {
      reply.resume();
      resolve((reply.statusCode ?? 500) < 500);
    });
    asking.once('error', () => resolve(false));
    asking.once('timeout', () => asking.destroy());
    asking.end();
  });
}
