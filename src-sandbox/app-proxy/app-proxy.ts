/**
 * The app proxy of the sandbox, of version 2: a coordinator and one worker, all on loopback. In port mode each app has a
 * port of its own, in subdomain mode a name below `apps.localhost`, which browsers resolve by themselves.
 */
import type { Duplex } from 'node:stream';
import { type Interceptor, Listener } from '../http/listener.ts';
import { Problem } from '../http/problem.ts';
import { Circuits } from './circuits.ts';
import { Coordinator } from './coordinator.ts';
import { WorkerApi, WorkerFront } from './worker.ts';
import { WebSocketRelay } from './worker-relay.ts';

export type AppProxyMode = 'port' | 'subdomain';

const domain = 'apps.localhost';
/** As many as a small worker's range of ports has. */
const mostCircuits = 96;

export interface AppProxyOptions {
  readonly mode: AppProxyMode;
  readonly guard: Interceptor | null;
  readonly log: (line: string) => void;
}

export class AppProxy {
  private readonly options: AppProxyOptions;
  private readonly circuits = new Circuits();
  private readonly sockets = new WebSocketRelay();
  private readonly coordinator: Listener;
  private readonly worker: Listener;
  /** Port mode: one a circuit, by its port. Subdomain mode: one for all, by ''. */
  private readonly fronts = new Map<string, Listener>();
  /** Ports that listen and have no circuit now. */
  private readonly free: string[] = [];
  private coordinatorPort = 0;
  private workerPort = 0;
  private frontPort = 0;
  private made = 0;

  constructor(options: AppProxyOptions) {
    this.options = options;
    const { guard, log, mode } = options;
    const { circuits } = this;
    this.coordinator = new Listener(
      new Coordinator({
        circuits,
        address: () => this.address,
        workerAddress: () => `http://${this.workerHost}:${this.workerPort}`,
        place: (wanted) => this.place(wanted),
        log,
      }),
      guard,
    );
    this.worker = new Listener(
      new WorkerApi({
        circuits,
        addressOf: ({ slot }) =>
          mode === 'port' ? `http://127.0.0.1:${slot}` : `http://${slot}.${domain}:${this.frontPort}`,
        cookieDomain: mode === 'port' ? null : `.${domain}`,
        log,
      }),
      guard,
    );
  }

  /** Where the manager says that it is. */
  get address(): string {
    return `http://127.0.0.1:${this.coordinatorPort}`;
  }

  private get workerHost(): string {
    return this.options.mode === 'port' ? '127.0.0.1' : domain;
  }

  async open(): Promise<void> {
    this.coordinatorPort = await this.coordinator.listen(0);
    this.workerPort = await this.worker.listen(0);
    if (this.options.mode === 'subdomain') this.frontPort = await this.addFront();
  }

  /** What the manager asks for when a service was started. */
  conf(service: { sessionId: string; userId: string; app: string; connect: () => Promise<Duplex> }): string {
    return this.circuits.issue(service).id;
  }

  /** The session has ended, or its apps were silent for long: their ports listen on, but for nothing. */
  forget(sessionId: string): void {
    const gone = this.circuits.removeWhere(({ token }) => token.sessionId === sessionId);
    if (this.options.mode === 'port') this.free.push(...gone.map(({ slot }) => slot));
  }

  cutConnections(): void {
    for (const listener of [this.coordinator, this.worker, ...this.fronts.values()]) listener.cutConnections();
  }

  async close(graceMs: number): Promise<void> {
    this.sockets.close();
    const listeners = [this.coordinator, this.worker, ...this.fronts.values()];
    await Promise.all(listeners.map((listener) => listener.close(graceMs)));
  }

  private async addFront(): Promise<number> {
    let port = 0;
    const front = new Listener(
      new WorkerFront(
        this.circuits,
        ({ headers }) =>
          this.options.mode === 'port' ? String(port) : (String(headers.host ?? '').split('.', 1)[0] ?? ''),
        this.sockets,
        this.options.log,
      ),
      this.options.guard,
    );
    port = await front.listen(0);
    this.fronts.set(this.options.mode === 'port' ? String(port) : '', front);
    return port;
  }

  private async place(wanted: string | null): Promise<string> {
    if (this.options.mode === 'subdomain') {
      this.made += 1;
      const name = wanted ?? `app-${this.made}`;
      if (this.circuits.at(name) !== null) {
        throw new Problem(409, 'subdomain-occupied', 'Designated subdomain already occupied.');
      }
      return name;
    }
    const free = this.free.shift();
    if (free !== undefined) return free;
    if (this.fronts.size >= mostCircuits) {
      throw new Problem(503, 'worker-not-available', 'No worker available.');
    }
    return String(await this.addFront());
  }
}
