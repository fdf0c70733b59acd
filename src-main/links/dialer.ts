/**
 * Ways to a service inside a session, best first: a channel of the link, a WebSocket of the site a connection, the site's
 * app proxy. Each service keeps to what worked, and why, until the link is new.
 */
import type { Duplex } from 'node:stream';
import type { Detour } from '../../src-preload/contract/links.ts';
import type { Circuit } from '../backend/api/services-api.ts';
import type { ServiceInfo, SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { abortable } from './abortable.ts';
import type { SessionFacts } from './connect-session.ts';
import type { Handshakes } from './handshakes.ts';
import type { SshConnection } from './ssh-connection.ts';
import { best, type Chosen, isStale, nextWay } from './way-policy.ts';
import { WsDuplex } from './ws-duplex.ts';

/** Launching through the site may take this long on slow images (tunnels reference, sections 1.4 and 1.7). */
const launchTimeoutMs = 60_000;
/** A program that does not listen yet is asked for around the link this often; each time counts in the site's rate limit. */
const directEveryMs = 3_000;
/** So often a service answered around the link and not through it before it is taken to listen elsewhere. */
const answersElsewhere = 2;
/** A coordinator takes back a circuit that was silent for an hour (tunnels reference, section 2.5). */
const circuitKeptMs = 20 * 60_000;
/** Behind a webserver a connection that the service closed looks open; programs close idle ones after 2 s and more. */
const unheardFreeMs = 1_500;

export interface Dialer {
  /** Starts the service where it is not started yet. Throws BerthError with the site's reason. */
  launch(service: string, signal?: AbortSignal): Promise<void>;
  /** Raw bytes, whatever they are: by the link or by a WebSocket of the site. */
  dial(service: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  /**
   * Starts a web service by the best way that works. Null: connections end at the service itself; else requests have to be
   * written for the circuit.
   * @param fresh also asks the app proxy for the circuit again, which starts the service again
   */
  reach(service: string, fresh: boolean, signal?: AbortSignal): Promise<Circuit | null>;
  /** A connection for requests that were written for `circuit`. Throws `tunnel-lost` when the service is elsewhere now. */
  dialWeb(service: string, port: number, circuit: Circuit | null, signal?: AbortSignal): Promise<Duplex>;
  /** Services that do not take the best way. */
  readonly detours: Detour[];
  /** The link is new, or there is another key: everything may take the best way again. */
  forget(): void;
}

export interface DialerDeps {
  api(): SiteApi;
  readonly sessionId: string;
  readonly facts: SessionFacts;
  readonly clock: Clock;
  /** The link's connection once it is up. */
  connection(signal?: AbortSignal): Promise<SshConnection>;
  readonly handshakes: Handshakes;
  /** Whether the site has an app proxy of version 2 for this session. */
  offersProxy(): Promise<boolean>;
  onDetours(): void;
  /** Takes a secret out of every line of the log. */
  redact(secret: string): void;
}

interface Memory {
  chosen: Chosen;
  at: number;
  circuit: Circuit | null;
  usedAt: number;
  directAt: number;
  /** Whether the last connection around the link brought anything. */
  directAnswered: boolean;
  answeredElsewhere: number;
}

export function createDialer(deps: DialerDeps): Dialer {
  const launched = new Map<string, Promise<void>>();
  const memories = new Map<string, Memory>();

  const memoryOf = (service: string): Memory => {
    let memory = memories.get(service);
    if (!memory) {
      memory = {
        chosen: best,
        at: 0,
        circuit: null,
        usedAt: 0,
        directAt: Number.NEGATIVE_INFINITY,
        directAnswered: false,
        answeredElsewhere: 0,
      };
      memories.set(service, memory);
    }
    return memory;
  };

  const choose = (service: string, chosen: Chosen): void => {
    Object.assign(memoryOf(service), { chosen, at: deps.clock.now(), answeredElsewhere: 0 });
    deps.onDetours();
  };

  /** What passes by itself is looked at again; windows must not change their way in the middle for it. */
  const lookAgain = (service: string): void => {
    const memory = memoryOf(service);
    if (isStale(memory.chosen, deps.clock.now() - memory.at)) choose(service, best);
  };

  const infoOf = async (service: string): Promise<ServiceInfo> => {
    const info = (await deps.facts.services()).find((entry) => entry.name === service);
    if (!info) throw new BerthError('service-unknown', { place: 'container', params: { service } });
    return info;
  };

  const openDirect = (service: string, signal?: AbortSignal): Promise<WsDuplex> =>
    deps.handshakes.run(
      async () => {
        const stream = new WsDuplex(await deps.api().openTunnel(deps.sessionId, service, 'httpproxy', signal));
        if (!deps.api().hearsClose()) stream.freeForMs = unheardFreeMs;
        return stream;
      },
      (stream, ended) => stream.once('close', ended),
      signal,
    );

  const startThroughSite = async (service: string): Promise<void> => {
    // Nothing is started for these by the platform; the person runs them.
    if ((await infoOf(service)).protocol === 'preopen') return;
    const stream = await openDirect(service, AbortSignal.timeout(launchTimeoutMs));
    stream.destroy();
  };

  const launch = (service: string, signal?: AbortSignal): Promise<void> => {
    let start = launched.get(service);
    if (!start) {
      start = startThroughSite(service);
      launched.set(service, start);
      start.catch(() => launched.delete(service));
    }
    return abortable(start, signal);
  };

  /** Remembers where to go after `error`; null: it is the answer. */
  const turn = async (service: string, from: Chosen['way'], error: unknown): Promise<Chosen | null> => {
    if (!(error instanceof BerthError)) return null;
    const { protocol } = await infoOf(service);
    const wanted = nextWay(from, error, { protocol, appProxy: true });
    if (wanted?.way === 'app-proxy' && !(await deps.offersProxy())) return null;
    return wanted;
  };

  const throughLink = async (service: string, port: number, signal?: AbortSignal): Promise<Duplex> => {
    const connection = await deps.connection(signal);
    await launch(service, signal);
    const stream = await connection.forward(port);
    memoryOf(service).answeredElsewhere = 0;
    return stream;
  };

  /**
   * Not listening on the container's loopback: the program ended (the handshake starts it again), is still starting, or
   * listens elsewhere, where the site reaches it. Only answers tell which.
   */
  const tryAround = async (service: string, error: unknown, signal?: AbortSignal): Promise<Duplex> => {
    const memory = memoryOf(service);
    const now = deps.clock.now();
    if (!memory.directAnswered && now - memory.directAt < directEveryMs) throw error;
    memory.directAt = now;
    memory.directAnswered = false;
    launched.delete(service);
    const stream = await openDirect(service, signal);
    stream.once('alive', () => {
      memory.directAnswered = true;
      memory.answeredElsewhere += 1;
      if (memory.answeredElsewhere >= answersElsewhere && memory.chosen.way === 'ssh') {
        choose(service, { way: 'site', why: 'not-on-loopback' });
      }
    });
    return stream;
  };

  /** @param onProxy what to do where only the app proxy is left */
  const dialBytes = async (
    service: string,
    port: number,
    signal: AbortSignal | undefined,
    onProxy: (next: Chosen, error: unknown) => never,
  ): Promise<Duplex> => {
    for (;;) {
      // Bytes that are no requests cannot go through the app proxy, so they try what stands before it.
      const way = memoryOf(service).chosen.way === 'ssh' ? 'ssh' : 'site';
      try {
        return await (way === 'ssh' ? throughLink(service, port, signal) : openDirect(service, signal));
      } catch (error) {
        const next = await turn(service, way, error);
        if (next === null) throw error;
        if (next.why === 'not-on-loopback') return await tryAround(service, error, signal);
        if (next.way === 'app-proxy') onProxy(next, error);
        choose(service, next);
      }
    }
  };

  const circuitOf = async (service: string, fresh: boolean, signal?: AbortSignal): Promise<Circuit> => {
    const memory = memoryOf(service);
    const { circuit } = memory;
    const now = deps.clock.now();
    if (circuit !== null && !fresh && now - memory.usedAt < circuitKeptMs) return circuit;
    const { protocol } = await infoOf(service);
    const made = await deps.api().openCircuit(deps.sessionId, service, protocol, signal);
    // SECURITY: known to the log before anybody can use it ('the permit stays here' in fallbacks.itest.ts).
    if (made.cookie !== null) deps.redact(made.cookie.slice(made.cookieName.length + 1).replaceAll('"', ''));
    memory.usedAt = deps.clock.now();
    // The same place again: connections that stand stay good.
    if (circuit?.origin === made.origin && circuit.cookie === made.cookie) return circuit;
    memory.circuit = made;
    return made;
  };

  const moved = (cause?: unknown): BerthError =>
    new BerthError('tunnel-lost', { place: 'computer', retry: 'auto', params: { reason: 'other-way' }, cause });

  return {
    launch,
    dial(service, port, signal) {
      lookAgain(service);
      return dialBytes(service, port, signal, (_next, error) => {
        throw error;
      });
    },
    async reach(service, fresh, signal) {
      if (fresh) lookAgain(service);
      for (;;) {
        const { way } = memoryOf(service).chosen;
        try {
          if (way === 'app-proxy') return await circuitOf(service, fresh, signal);
          if (way === 'ssh') await deps.connection(signal);
          await launch(service, signal);
          return null;
        } catch (error) {
          const next = await turn(service, way, error);
          if (next === null) throw error;
          choose(service, next);
        }
      }
    },
    async dialWeb(service, port, circuit, signal) {
      const memory = memoryOf(service);
      if (circuit === null && memory.chosen.way !== 'app-proxy') {
        return await dialBytes(service, port, signal, (next, error) => {
          choose(service, next);
          throw moved(error);
        });
      }
      if (circuit === null || memory.chosen.way !== 'app-proxy' || memory.circuit !== circuit) throw moved();
      if (deps.clock.now() - memory.usedAt >= circuitKeptMs) {
        memory.circuit = null;
        throw moved();
      }
      memory.usedAt = deps.clock.now();
      return await circuit.connect(signal);
    },
    get detours() {
      return [...memories].flatMap(([service, { chosen }]) =>
        chosen.way === 'ssh' || chosen.why === null ? [] : [{ service, way: chosen.way, why: chosen.why }],
      );
    },
    forget() {
      const had = [...memories.values()].some(({ chosen }) => chosen.way !== 'ssh');
      memories.clear();
      if (had) deps.onDetours();
    },
  };
}
