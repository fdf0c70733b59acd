/** Forwards that people asked for: opened, stopped, pinned; ended with their session or sign-in. */
import type { Duplex } from 'node:stream';
import type { SessionRef } from '../../src-preload/contract/common.ts';
import {
  type Forward,
  type ForwardTarget,
  type KernelListening,
  KernelName,
  type Listening,
  mainKernel,
} from '../../src-preload/contract/forwards.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Emit } from '../handlers.ts';
import type { DocumentStore } from '../hosts/host.ts';
import type { LinksService } from '../links/links-service.ts';
import { ForwardsStore, type RememberedTarget } from './forwards-store.ts';
import { reachKernel } from './kernel-way.ts';
import { Listeners } from './listeners.ts';
import { freePort } from './local-port.ts';
import { type ForwardWay, PortForward } from './port-forward.ts';

export interface ForwardsDeps {
  readonly links: LinksService;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  /** Calls back each time an account can be used again. */
  onConnected(listener: (accountId: string) => void): () => void;
  /** What is known of a session, else what its site says. Throws BerthError `session-gone`. */
  session(ref: SessionRef): Promise<Session>;
  /** Whether the account's sessions run on this computer, with its own ports: a port of theirs is taken here, too. */
  sharesPorts(accountId: string): boolean;
  readonly store: DocumentStore;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

const isKernelName = (name: string): boolean => KernelName.safeParse(name).success;

const idOf = (it: ForwardTarget): string => `${it.accountId}:${it.sessionId}:${it.kernel}:${it.port}`;

export class ForwardsService implements Disposable {
  readonly listeners: Listeners;
  readonly #deps: ForwardsDeps;
  readonly #store: ForwardsStore;
  readonly #forwards = new Map<string, PortForward>();
  readonly #names = new Map<string, string>();
  readonly #off: (() => void)[];

  constructor(deps: ForwardsDeps) {
    this.#deps = deps;
    this.listeners = new Listeners(deps.links, deps.clock);
    this.#store = new ForwardsStore(deps.store, this.#warn);
    for (const pinned of this.#store.pinned) {
      const { localPort, sessionName, ...target } = pinned;
      this.#names.set(target.sessionId, sessionName);
      this.#make(target, localPort).pinned = true;
    }
    this.#off = [
      deps.known.onEnded((accountId, sessionId) =>
        this.#end((it) => it.accountId === accountId && it.sessionId === sessionId),
      ),
      deps.accounts.onSignedOut((accountId) => this.#end((it) => it.accountId === accountId)),
      deps.onConnected((accountId) => void this.#bringBack(accountId)),
    ];
  }

  list(): Forward[] {
    return [...this.#forwards.values()].map((it) => it.value);
  }

  /** A local port that is free now. */
  async suggest(target: ForwardTarget): Promise<{ localPort: number; remembered: boolean }> {
    const remembered = this.#store.localPort(await this.#named(target));
    const localPort = await freePort([remembered ?? 0, this.#same(target)]);
    return { localPort, remembered: localPort === remembered };
  }

  /**
   * @param localPort null: what `suggest` names
   * @throws BerthError `port-taken` with a `free` one, `not-found` for a kernel that the session does not have,
   * `session-gone`, `session-not-running`
   */
  async open(target: ForwardTarget, localPort: number | null): Promise<Forward> {
    const session = await this.#deps.session(target);
    if (session.family !== 'running') {
      throw new BerthError('session-not-running', { place: 'site', params: { session: session.name } });
    }
    checkKernel(session, target.kernel);
    this.#names.set(target.sessionId, session.name);
    const id = idOf(target);
    const present = this.#forwards.get(id);
    if (present?.state === 'open' && (localPort === null || localPort === present.localPort)) return present.value;
    const port = localPort ?? (await this.suggest(target)).localPort;
    const next = this.#make(target, port);
    next.pinned = present?.pinned ?? false;
    try {
      // The old one goes first only when both want the same port.
      if (present?.localPort === port) await present.dispose();
      // The way would lead back to this computer's end of it, and keep the session's program from its port.
      if (port === target.port && this.#deps.sharesPorts(target.accountId)) {
        throw new BerthError('port-taken', { place: 'computer', retry: 'user', params: { port } });
      }
      await next.open();
    } catch (error) {
      if (present) this.#forwards.set(id, present);
      else this.#forwards.delete(id);
      this.#emitFor(id);
      throw await withFree(error, this.#same(target));
    }
    await present?.dispose();
    this.#forwards.set(id, next);
    this.#store.remember({ ...target, sessionName: session.name }, next.localPort);
    this.#savePins();
    this.#emitFor(id);
    return next.value;
  }

  /**
   * What listens in a kernel of the session.
   * @throws BerthError `not-found` for a kernel that the session does not have, `session-gone`, or of the link when asked
   */
  async listening(ref: SessionRef, kernel: string, asked: boolean, signal?: AbortSignal): Promise<Listening> {
    if (kernel === mainKernel) return this.listeners.look(ref, asked, signal);
    checkKernel(await this.#deps.session(ref), kernel);
    return this.listeners.look(ref, asked, signal, kernel);
  }

  /** What listens in the kernels beside the main one, where the link is up; at a pace of its own. Throws BerthError. */
  async listeningBeside(ref: SessionRef): Promise<KernelListening[]> {
    const kernels = this.#deps.known.get(ref.accountId, ref.sessionId)?.kernels ?? [];
    const names = kernels.map(({ hostname }) => hostname).filter((name) => name !== mainKernel && isKernelName(name));
    return this.listeners.lookBeside(ref, names);
  }

  async stop(id: string): Promise<void> {
    await this.#find(id).stop();
    this.#emitFor(id);
  }

  /** Throws BerthError `port-taken` when another program has the port meanwhile. */
  async restart(id: string): Promise<void> {
    const forward = this.#find(id);
    await forward.stop();
    await forward.open().catch(async (error: unknown) => {
      throw await withFree(error, this.#same(forward.target));
    });
  }

  async remove(id: string): Promise<void> {
    await this.#drop(this.#find(id));
  }

  pin(id: string, pinned: boolean): void {
    this.#find(id).pinned = pinned;
    this.#savePins();
    this.#emitFor(id);
  }

  async dispose(): Promise<void> {
    for (const off of this.#off) off();
    this.listeners.dispose();
    await Promise.all([...this.#forwards.values()].map((it) => it.dispose()));
    this.#forwards.clear();
  }

  readonly #warn = (error: unknown): void => this.#deps.log.warn('A forward is not as it should be', { error });

  #find(id: string): PortForward {
    const forward = this.#forwards.get(id);
    if (!forward) throw new BerthError('not-found', { place: 'computer', params: { forward: id } });
    return forward;
  }

  #make(target: ForwardTarget, localPort: number): PortForward {
    const { accountId, sessionId, kernel, port } = target;
    const plain = { accountId, sessionId, kernel, port };
    const id = idOf(plain);
    const forward = new PortForward(id, localPort, {
      target: plain,
      sessionName: () => this.#nameOf(plain),
      hold: () => this.#hold(plain),
      clock: this.#deps.clock,
      onChange: () => {
        if (this.#forwards.get(id) === forward) this.#emitFor(id);
      },
    });
    this.#forwards.set(id, forward);
    return forward;
  }

  /** The local port of the same number where that makes sense; 0 elsewhere. */
  #same({ accountId, port }: ForwardTarget): number {
    return port >= 1024 && !this.#deps.sharesPorts(accountId) ? port : 0;
  }

  #nameOf({ accountId, sessionId }: SessionRef): string {
    return this.#deps.known.get(accountId, sessionId)?.name ?? this.#names.get(sessionId) ?? sessionId;
  }

  async #named(target: ForwardTarget): Promise<RememberedTarget> {
    return { ...target, sessionName: (await this.#deps.session(target)).name };
  }

  #hold(target: ForwardTarget): ForwardWay {
    const { links } = this.#deps;
    const use = links.acquire(target, { kind: 'forward' });
    return {
      use,
      connect: async (signal) => {
        try {
          const connection = await use.ready(signal);
          if (target.kernel !== mainKernel) return await reachKernel(connection, target);
          return await connection.forward(target.port, '127.0.0.1', true).catch((error: unknown) => {
            if (!(error instanceof BerthError) || error.code !== 'service-failed') throw error;
            // Programs that listen on `localhost` may have taken its IPv6 address alone.
            return connection.forward(target.port, '::1', true);
          });
        } catch (error) {
          return await this.#around(target, error, signal);
        }
      },
    };
  }

  /** Where SSH cannot: the site's own way, for ports that it knows. */
  async #around(target: ForwardTarget, error: unknown, signal: AbortSignal): Promise<Duplex> {
    const hopeless = error instanceof BerthError && (error.code === 'unsupported' || error.code === 'no-ssh-service');
    if (!hopeless || target.kernel !== mainKernel) throw error;
    const services = await this.#deps.links.services(target, signal);
    const service = services.find(({ ports }) => ports[0] === target.port);
    if (!service) throw error;
    return this.#deps.links.dial(target, service.name, target.port, signal);
  }

  #emitFor(id: string): void {
    const forward = this.#forwards.get(id);
    if (forward) this.#deps.emit('forwards', 'changed', forward.value);
    else this.#deps.emit('forwards', 'removed', { id });
  }

  #savePins(): void {
    const pinned = [...this.#forwards.values()].filter((it) => it.pinned);
    this.#store.pin(
      pinned.map((it) => ({ ...it.target, localPort: it.localPort, sessionName: this.#nameOf(it.target) })),
    );
  }

  async #drop(forward: PortForward): Promise<void> {
    this.#forwards.delete(forward.id);
    if (forward.pinned) this.#savePins();
    await forward.dispose();
    this.#emitFor(forward.id);
  }

  #end(matches: (ref: SessionRef) => boolean): void {
    this.listeners.forget(matches);
    for (const forward of [...this.#forwards.values()].filter((it) => matches(it.target))) {
      this.#drop(forward).catch(this.#warn);
    }
  }

  /** Pinned ones of an account that can be used again: those whose session runs open, those whose session is over go. */
  async #bringBack(accountId: string): Promise<void> {
    for (const forward of [...this.#forwards.values()]) {
      if (forward.target.accountId !== accountId || !forward.pinned || forward.state !== 'stopped') continue;
      try {
        const { family } = await this.#deps.session(forward.target);
        if (family === 'finished') await this.#drop(forward);
        else if (family === 'running') await forward.open();
      } catch (error) {
        if (!(error instanceof BerthError)) this.#warn(error);
        else if (error.code === 'session-gone') await this.#drop(forward);
      }
    }
  }
}

/** @throws BerthError `not-found` */
function checkKernel(session: Session, kernel: string): void {
  // SECURITY: this session's kernels, not whatever its network reaches ('other hosts' in forwards.itest.ts).
  if (kernel !== mainKernel && !session.kernels.some(({ hostname }) => hostname === kernel)) {
    throw new BerthError('not-found', { place: 'site', params: { kernel } });
  }
}

/** Says which port could be had instead. */
async function withFree(error: unknown, wanted: number): Promise<unknown> {
  if (!(error instanceof BerthError) || error.code !== 'port-taken') return error;
  const free = await freePort([wanted]);
  return new BerthError('port-taken', {
    place: 'computer',
    retry: 'user',
    params: { ...error.params, free },
    cause: error,
  });
}
