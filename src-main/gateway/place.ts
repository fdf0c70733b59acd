/**
 * One virtual host of the gateway: which service of which session it stands for, who may enter, and how far the service
 * is. It gets the service ready by itself, and again when it stops answering.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../src-preload/contract/errors.ts';
import type { Circuit } from '../backend/api/services-api.ts';
import type { ServiceInfo } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { pause } from '../base/pause.ts';
import type { LinksService, SessionRefValue, SessionUse } from '../links/links-service.ts';
import { nextWay } from '../links/way-policy.ts';
import { startPath, titleOf } from './app-catalogue.ts';
import { GateAgent } from './gate-agent.ts';
import { HoldGate, type HoldLimits, Turns } from './hold-gate.ts';
import type { LogStep } from './page-texts.ts';
import type { Phase, PlaceState } from './place-state.ts';
import { probe } from './probe.ts';
import { Relay } from './relay.ts';

/** A program may import for a minute before it listens. */
const startLimitMs = 90_000;
const probeEveryMs = 700;
/** A dial that takes longer has met something that neither answers nor refuses. */
const dialLimitMs = 30_000;
/** Channels to the service that a burst of requests may open; browsers open six. */
const maxRequests = 64;
/** As many as Chromium opens to one host. */
export const maxWebSockets = 256;
/** Without requests for this long a window counts as closed, and no longer holds the link. */
const releaseAfterMs = 2 * 60_000;
const maxLogLines = 200;
/** How often a refusal that came through the app proxy makes us ask it for the circuit again. */
const doubtEveryMs = 60_000;

/** 130 bits in the letters that host names have. */
function randomLabel(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return [...randomBytes(26)].map((byte) => letters[byte & 31]).join('');
}

export interface PlaceDeps {
  readonly links: LinksService;
  readonly clock: Clock;
  readonly ref: SessionRefValue;
  readonly service: ServiceInfo;
  readonly listenPort: number;
  readonly hold: HoldLimits;
  readonly sessionName: string;
  readonly site: { readonly name: string; readonly colour: string };
}

interface Agents {
  readonly circuit: Circuit | null;
  readonly shared: GateAgent;
  readonly single: GateAgent;
}

export class Place implements Disposable {
  readonly ref: SessionRefValue;
  readonly service: string;
  readonly host: string;
  readonly origin: string;
  readonly cookieValue = randomBytes(32).toString('base64url');
  readonly upstreamPort: number;
  /** Where requests wait for a lost link. */
  readonly hold: HoldGate;
  /** Where requests wait for a channel: those that share connections, and those with one each. */
  readonly sharedTurns = new Turns(maxRequests);
  readonly singleTurns = new Turns(maxRequests);
  /** Open WebSockets of windows. */
  webSockets = 0;
  /** A window asks here whether the session still lives, and is to be told when it does not. */
  hasAskingWindow = false;
  /** Sockets of windows, cut when the place goes. */
  readonly sockets = new Set<Duplex>();
  readonly #deps: PlaceDeps;
  readonly #path: string;
  readonly #log: { at: number; step: LogStep; detail: string }[] = [];
  readonly #ended = new AbortController();
  #agents: Agents;
  readonly #relay: Relay;
  readonly #resumedAgent: GateAgent;
  #use: SessionUse | null = null;
  #phase: Phase = 'connecting';
  #phaseAt: number;
  #code: ErrorCode | null = null;
  #running = false;
  /** Around the link, as it was last noted. */
  #way: 'through-site' | 'through-app-proxy' | null = null;
  #doubtedAt = Number.NEGATIVE_INFINITY;
  #active = 0;
  readonly #dials = new Set<AbortController>();
  #release: Disposable | null = null;

  constructor(deps: PlaceDeps) {
    this.#deps = deps;
    this.ref = deps.ref;
    this.service = deps.service.name;
    this.host = `${randomLabel()}.localhost:${deps.listenPort}`;
    this.origin = `http://${this.host}`;
    this.upstreamPort = deps.service.ports[0] ?? 0;
    this.#path = startPath(deps.service);
    this.#phaseAt = deps.clock.now();
    this.hold = new HoldGate(deps.hold, deps.clock);
    this.#agents = this.#agentsFor(null);
    this.#relay = new Relay({ connection: (signal) => this.use().ready(signal), clock: deps.clock });
    const dialResumed = async () => (await this.#relay.open(this.upstreamPort)) ?? (await this.#dial(null));
    this.#resumedAgent = new GateAgent(dialResumed, false);
  }

  /** Connections to the service that several requests share. */
  get sharedAgent(): GateAgent {
    return this.#agents.shared;
  }

  /** Connections for one request each. */
  get singleAgent(): GateAgent {
    return this.#agents.single;
  }

  /** Connections for WebSockets that have to outlive the link. */
  get resumedAgent(): GateAgent {
    return this.circuit === null && this.#way === null ? this.#resumedAgent : this.#agents.single;
  }

  /** The app proxy where requests have to go through it; null: they reach the service itself. Holds a secret. */
  get circuit(): Circuit | null {
    return this.#agents.circuit;
  }

  /**
   * True for an answer of the app proxy that is not the service's own: its circuit is gone (400, 401, 404) or what is behind
   * it does not answer. The former may be the service's words as well, so it is asked about once in a while only.
   */
  doubts(status: number): boolean {
    if (this.circuit === null) return false;
    if (status >= 502 && status <= 504) return true;
    const now = this.#deps.clock.now();
    if (![400, 401, 404].includes(status) || now - this.#doubtedAt < doubtEveryMs) return false;
    this.#doubtedAt = now;
    return true;
  }

  get isEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  /** A link that is on its way: what comes now may wait a moment. */
  get isWaitingForLink(): boolean {
    const use = this.use();
    return this.#way === null && use.connection === null && use.state !== 'failed';
  }

  get state(): PlaceState {
    const now = this.#deps.clock.now();
    const seconds = (at: number): number => Math.max(0, Math.floor((now - at) / 1000));
    const first = this.#log[0]?.at ?? now;
    return {
      phase: this.#phase,
      seconds: seconds(this.#phaseAt),
      code: this.#code,
      link: this.#linkState(now),
      path: this.#path,
      title: titleOf(this.service),
      session: this.#deps.sessionName,
      site: this.#deps.site.name,
      colour: this.#deps.site.colour,
      port: this.upstreamPort,
      way: this.#way,
      log: this.#log.map((line) => ({
        seconds: Math.floor((line.at - first) / 1000),
        step: line.step,
        detail: line.detail,
      })),
    };
  }

  #linkState(now: number): PlaceState['link'] {
    // Only looked at: asking for the state must not hold a link that nobody uses.
    if (!this.#use) return { state: 'idle', isLost: false, nextTrySeconds: null };
    const { state, error, nextTryAt } = this.#use.value;
    const inMs = nextTryAt === null ? null : Date.parse(nextTryAt) - now;
    const nextTrySeconds = inMs === null || inMs <= 0 ? null : Math.ceil(inMs / 1_000);
    return { state, isLost: state === 'connecting' && error !== undefined, nextTrySeconds };
  }

  use(): SessionUse {
    this.#use ??= this.#deps.links.acquire(this.ref, { kind: 'app', service: this.service });
    return this.#use;
  }

  touch(): void {
    this.use().touch();
  }

  /** Counts a request or socket as open; the answer ends it. */
  enter(): () => void {
    this.#active += 1;
    this.#release?.dispose();
    this.touch();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#active -= 1;
      if (this.#active === 0) this.#releaseLater();
    };
  }

  /** Gets the service ready, unless that is under way. */
  prepare(): void {
    if (this.#running || this.isEnded) return;
    this.#running = true;
    this.#run()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#running = false;
      });
  }

  /** The service did not take a connection while in use. */
  markDown(error: unknown): void {
    if (this.#phase === 'ready') {
      // The log tells of one wait; of all since yesterday it would be long, and end before this one.
      this.#log.length = 0;
      this.#note('lost', error);
      this.#enter('connecting');
    }
    if (this.#phase !== 'failed') this.prepare();
  }

  retry(): void {
    this.use().retry();
    if (this.#phase === 'failed') this.#enter('connecting');
    this.prepare();
  }

  dispose(): void {
    this.#ended.abort();
    for (const dial of this.#dials) dial.abort();
    this.#release?.dispose();
    this.#agents.shared.destroy();
    this.#agents.single.destroy();
    this.#resumedAgent.destroy();
    for (const socket of this.sockets) socket.destroy();
    void this.#use?.dispose();
    this.#use = null;
  }

  #agentsFor(circuit: Circuit | null): Agents {
    const dial = () => this.#dial(circuit);
    return { circuit, shared: new GateAgent(dial, true), single: new GateAgent(dial, false) };
  }

  /** Requests are written for one way; connections of another must not carry them. */
  #goBy(circuit: Circuit | null): void {
    if (circuit === this.#agents.circuit) return;
    this.#agents.shared.destroy();
    this.#agents = this.#agentsFor(circuit);
  }

  async #dial(circuit: Circuit | null): Promise<Duplex> {
    const own = new AbortController();
    // Not AbortSignal.any: signals that live long keep every short one that was made from them.
    this.#dials.add(own);
    const timer = this.#deps.clock.after(dialLimitMs, () => own.abort());
    try {
      if (this.isEnded) throw new BerthError('cancelled', { place: 'computer' });
      return await this.#deps.links.dialWeb(this.ref, this.service, this.upstreamPort, circuit, own.signal);
    } finally {
      timer.dispose();
      this.#dials.delete(own);
    }
  }

  async #run(): Promise<void> {
    const { links, clock } = this.#deps;
    const signal = this.#ended.signal;
    this.#note('connect');
    try {
      await this.use().ready(signal);
      this.#note('connected');
    } catch (error) {
      // Where it leads is found out below; what speaks against the link is said here.
      const facts = { protocol: this.#deps.service.protocol, appProxy: true };
      if (!(error instanceof BerthError) || nextWay('ssh', error, facts) === null) throw error;
      this.#note('no-link', error);
    }
    this.#enter('starting');
    const startedAt = clock.now();
    let wasSilent = false;
    for (;;) {
      try {
        this.#note('launch');
        this.#goBy(await links.reach(this.ref, this.service, true, signal));
        this.#note('launched');
        this.#noteWay();
        break;
      } catch (error) {
        if (!(error instanceof BerthError) || error.retry !== 'auto' || this.#isOver(startedAt)) throw error;
        this.#note('failed', error);
        await pause(clock, 1_500, signal);
      }
    }
    for (;;) {
      const result = await probe(this, this.#path);
      if (signal.aborted) return;
      if (result === null) {
        this.#noteWay();
        this.#note('answered');
        this.#enter('ready');
        return;
      }
      if (result.retry === 'never') throw result;
      if (!wasSilent) this.#note('silent', result);
      wasSilent = true;
      if (this.#isOver(startedAt)) throw new BerthError('service-timeout', { place: 'service', retry: 'user' });
      // The connection itself may have shown that another way is needed.
      this.#goBy(await links.reach(this.ref, this.service, false, signal));
      this.#noteWay();
      await pause(clock, probeEveryMs, signal);
    }
  }

  #noteWay(): void {
    const detour = this.use().value.detours.find(({ service }) => service === this.service);
    const step = detour === undefined ? null : detour.way === 'site' ? 'through-site' : 'through-app-proxy';
    if (step === this.#way) return;
    this.#way = step;
    if (step !== null) this.#note(step);
  }

  #isOver(startedAt: number): boolean {
    return this.#deps.clock.now() - startedAt > startLimitMs;
  }

  #fail(error: unknown): void {
    if (this.isEnded) return;
    this.#code = error instanceof BerthError ? error.code : 'internal';
    this.#note('failed', error);
    this.#enter('failed');
  }

  #enter(phase: Phase): void {
    if (phase !== 'failed') this.#code = null;
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#phaseAt = this.#deps.clock.now();
  }

  #note(step: LogStep, error?: unknown): void {
    const detail =
      error instanceof BerthError ? [error.code, error.detail].filter(Boolean).join(': ') : error ? 'internal' : '';
    if (this.#log.length < maxLogLines) this.#log.push({ at: this.#deps.clock.now(), step, detail });
  }

  #releaseLater(): void {
    this.#release?.dispose();
    this.#release = this.#deps.clock.after(releaseAfterMs, () => {
      if (this.#active > 0) return;
      void this.#use?.dispose();
      this.#use = null;
    });
  }
}
