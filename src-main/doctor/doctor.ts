/**
 * Walks the way to a site: proxy, name, TCP, TLS, what answers, version, clock, sign-in, events, stream proxy. The first
 * hop that fails ends the walk, but for the clock, which Berth corrects for. It decides; `DoctorTools` does.
 */
import {
  type DoctorNote,
  type DoctorReport,
  type DoctorStep,
  type DoctorStepName,
  doctorSteps,
} from '../../src-preload/contract/doctor.ts';
import type { Certificate } from '../../src-preload/contract/site-connection.ts';
import type { HttpAnswer } from '../backend/http.ts';
import type { SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';

export interface ProxyFacts {
  /** `host:port`; null: straight to the site. */
  readonly address: string | null;
  readonly why: string;
}

/** What answered, and how to speak with it. */
export interface Identified {
  readonly mode: 'api' | 'session';
  readonly manager: string;
  readonly apiVersion: string;
}

/** The hops themselves. Every function throws BerthError. */
export interface DoctorTools {
  readonly endpoint: string;
  proxy(): ProxyFacts;
  /** Addresses of a host name. */
  resolve(host: string, signal: AbortSignal): Promise<string[]>;
  connect(host: string, port: number, signal: AbortSignal): Promise<void>;
  /** The certificate that the site shows, believed or not. */
  certificate(signal: AbortSignal): Promise<Certificate>;
  /** Fingerprint of the certificate that was pinned for this site. */
  readonly pinned: string | null;
  /** `GET /`, with all that Berth demands of a connection. */
  ask(signal: AbortSignal): Promise<HttpAnswer>;
  identify(answer: HttpAnswer, signal: AbortSignal): Promise<Identified>;
  /** Null: nobody to sign in as; then `why` says so. */
  readonly signIn: ((found: Identified, signal: AbortSignal) => Promise<SiteApi | null>) | null;
  readonly whyNoSignIn: string;
}

export interface DoctorOptions {
  readonly tools: DoctorTools;
  readonly clock: Clock;
  /** Takes secrets out of text. */
  readonly redact: (text: string) => string;
  readonly onNote?: (note: DoctorNote) => void;
  readonly signal?: AbortSignal | undefined;
  /** How long the first sign of life on the event stream may take; the site sends one each 15 s. */
  readonly eventWaitMs?: number;
}

type Facts = Record<string, string>;

interface Outcome {
  readonly state?: DoctorStep['state'];
  readonly facts?: Facts;
  readonly error?: BerthError;
}

const defaultEventWaitMs = 20_000;
/** The site allows 15 minutes (API reference, section 1.6). */
const maxSkewMs = 15 * 60_000;
const noticeSkewMs = 60_000;
const soonMs = 14 * 86_400_000;
/** A session that no site has: what answers for it is the manager's stream proxy. */
const nobody = '00000000-0000-4000-8000-000000000000';
/** Answers of a stream proxy that works, about a session or a service that does not. */
const proxyAnswers = new Set(['session-gone', 'session-not-running', 'service-unknown', 'service-failed', 'not-found']);

export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const { tools, clock, redact } = options;
  const url = new URL(tools.endpoint);
  const secure = url.protocol === 'https:';
  const signal = options.signal ?? new AbortController().signal;
  const at = new Date(clock.now()).toISOString();
  const steps: DoctorStep[] = [];
  let stopped = false;

  const tell = (step: DoctorStep) => {
    steps.push(step);
    options.onNote?.({ is: 'step', step });
  };
  const skip = (step: DoctorStepName, why?: string) =>
    tell({ step, state: 'not-tried', ms: null, facts: why === undefined ? {} : { why } });
  /** @returns null when it was not tried or failed */
  const take = async (step: DoctorStepName, act: () => Promise<Outcome> | Outcome): Promise<true | null> => {
    if (stopped) {
      skip(step);
      return null;
    }
    options.onNote?.({ is: 'begun', endpoint: tools.endpoint, step });
    const started = performance.now();
    let outcome: Outcome;
    try {
      outcome = await act();
    } catch (error) {
      if (signal.aborted) throw error;
      const known = error instanceof BerthError;
      const failure = known ? error : new BerthError('internal', { place: 'computer', detail: String(error) });
      outcome = { state: 'failed', error: failure, ...(error instanceof Failure ? { facts: error.facts } : {}) };
      stopped = true;
    }
    const facts = Object.fromEntries(
      Object.entries(outcome.facts ?? {}).map(([name, value]) => [name, redact(value).slice(0, 500)]),
    );
    const error = outcome.error?.toValue();
    // SECURITY: what others say may repeat what they were sent (test: "free of secrets").
    const clean = error === undefined ? {} : { error: { ...error, ...cleaned(error, redact) } };
    tell({ step, state: outcome.state ?? 'ok', ms: performance.now() - started, facts, ...clean });
    return outcome.state === 'failed' ? null : true;
  };

  let proxy: ProxyFacts = { address: null, why: '' };
  await take('proxy', () => {
    proxy = tools.proxy();
    return { facts: { proxy: proxy.address ?? 'none', why: proxy.why } };
  });

  // Behind a proxy, the proxy's own address is the one that this computer has to reach.
  const first = hopOf(url, proxy.address);
  await take('name', async () => {
    const addresses = await tools.resolve(first.host, signal);
    return { facts: { host: first.host, ...of(proxy), addresses: addresses.slice(0, 8).join(', ') } };
  });
  await take('tcp', async () => {
    await tools.connect(first.host, first.port, signal);
    return { facts: { host: first.host, ...of(proxy), port: String(first.port) } };
  });

  let answer: HttpAnswer | null = null;
  let refused: unknown = null;
  await take('tls', async () => {
    const shown = secure ? await certificateFacts(tools, signal) : { facts: {}, validTo: null };
    try {
      answer = await tools.ask(signal);
    } catch (error) {
      if (secure && isOfTls(error)) throw Failure.from(error, shown.facts);
      refused = error;
    }
    if (!secure) {
      const own = isLoopback(url.hostname);
      return { state: own ? 'ok' : 'warning', facts: { encrypted: own ? 'no, and on this computer' : 'no' } };
    }
    const left = Date.parse(shown.validTo ?? '') - clock.now();
    return { state: left < soonMs ? 'warning' : 'ok', facts: shown.facts };
  });

  let found: Identified | null = null;
  await take('answer', async () => {
    if (refused !== null) throw refused;
    if (answer === null) throw new BerthError('internal', { place: 'computer' });
    const { status } = answer;
    try {
      found = await tools.identify(answer, signal);
    } catch (error) {
      throw Failure.from(error, { status: String(status) });
    }
    return { facts: { 'what answers': found.mode === 'api' ? 'a manager' : 'a webserver before a manager' } };
  });
  await take('version', () => {
    if (found === null) throw new BerthError('internal', { place: 'computer' });
    return { facts: { manager: found.manager, api: found.apiVersion } };
  });
  await take('clock', () => clockOutcome(answer, clock));

  let api: SiteApi | null = null;
  const { signIn } = tools;
  let why: string | null = signIn === null ? tools.whyNoSignIn : null;
  if (why === null) {
    await take('sign-in', async () => {
      if (signIn === null || found === null) throw new BerthError('internal', { place: 'computer' });
      api = await signIn(found, signal);
      if (api === null) {
        why = 'a webserver takes e-mail and password: sign in inside Berth';
        return { state: 'not-tried', facts: { why } };
      }
      const { domain, role, projects } = await api.identity(signal);
      return { facts: { domain, role, projects: String(projects.length) } };
    });
  }
  if (why === null) {
    await take('events', () => eventsOutcome(api, clock, options.eventWaitMs ?? defaultEventWaitMs, signal));
    await take('tunnel', () => tunnelOutcome(api, signal));
  } else {
    for (const step of ['sign-in', 'events', 'tunnel'] as const) {
      if (!steps.some((told) => told.step === step)) skip(step, stopped ? undefined : why);
    }
  }

  const failed = steps.find(({ state }) => state === 'failed')?.step ?? null;
  const ordered = doctorSteps.flatMap((name) => steps.find(({ step }) => step === name) ?? []);
  const report = { endpoint: tools.endpoint, at, ok: failed === null, failed, steps: ordered };
  options.onNote?.({ is: 'report', report });
  return report;
}

/** A failure with what was found before it. */
class Failure extends BerthError {
  readonly facts: Facts;
  private constructor(error: BerthError, facts: Facts) {
    const { code, place, retry, params, detail } = error;
    super(code, { place, retry, params, ...(detail === undefined ? {} : { detail }), cause: error });
    this.facts = facts;
  }

  static from(error: unknown, facts: Facts): unknown {
    return error instanceof BerthError ? new Failure(error, facts) : error;
  }
}

function cleaned(
  error: { readonly params: Record<string, string | number>; readonly detail?: string | undefined },
  redact: (text: string) => string,
) {
  const params = Object.fromEntries(
    Object.entries(error.params).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
  return { params, ...(error.detail === undefined ? {} : { detail: redact(error.detail).slice(0, 2_000) }) };
}

function of({ address }: ProxyFacts): Facts {
  return address === null ? {} : { of: 'the proxy' };
}

function hopOf(url: URL, proxy: string | null): { host: string; port: number } {
  const target = proxy === null ? url : new URL(`http://${proxy}`);
  const standard = proxy === null && url.protocol === 'https:' ? 443 : 80;
  return { host: target.hostname.replace(/^\[|\]$/g, ''), port: target.port === '' ? standard : Number(target.port) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host);
}

function isOfTls(error: unknown): boolean {
  return error instanceof BerthError && (error.code === 'tls' || error.code === 'certificate-changed');
}

async function certificateFacts(tools: DoctorTools, signal: AbortSignal): Promise<{ facts: Facts; validTo: string }> {
  const shown = await tools.certificate(signal);
  const { pinned } = tools;
  const facts: Facts = {
    issuer: shown.issuer,
    subject: shown.subject,
    'valid until': shown.validTo,
    fingerprint: shown.fingerprint,
    'self-signed': shown.selfSigned ? 'yes' : 'no',
    pinned: pinned === null ? 'no' : pinned === shown.fingerprint ? 'yes' : 'yes, to another one',
  };
  return { facts, validTo: shown.validTo };
}

/** Berth corrects for a wrong clock, so the walk goes on behind it. */
function clockOutcome(answer: HttpAnswer | null, clock: Clock): Outcome {
  const siteTime = Date.parse(answer?.headers.date ?? '');
  if (Number.isNaN(siteTime)) return { state: 'warning', facts: { difference: 'the site does not tell its time' } };
  const skewMs = siteTime - clock.now();
  const seconds = Math.round(skewMs / 1000);
  const words = `this computer is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} the site`;
  if (Math.abs(skewMs) <= noticeSkewMs)
    return { facts: { difference: Math.abs(seconds) <= 5 ? 'less than 5 s' : `${seconds} s` } };
  const facts = { difference: words };
  if (Math.abs(skewMs) <= maxSkewMs) return { state: 'warning', facts };
  const error = new BerthError('clock-skew', { place: 'computer', retry: 'user', params: { seconds } });
  return { state: 'failed', facts, error };
}

function eventsOutcome(api: SiteApi | null, clock: Clock, waitMs: number, signal: AbortSignal): Promise<Outcome> {
  if (api === null) throw new BerthError('internal', { place: 'computer' });
  const started = performance.now();
  return new Promise((resolve, reject) => {
    let openedMs = 0;
    const stream = api.events({
      onOpen: () => {
        openedMs = performance.now() - started;
      },
      onAlive: () => {
        const facts = {
          opened: `${Math.round(openedMs)} ms`,
          'first sign of life': `${Math.round(performance.now() - started)} ms`,
        };
        end(() => resolve({ facts }));
      },
      onEvent: () => undefined,
      onClose: (error) => end(() => reject(error)),
    });
    const timer = clock.after(waitMs, () => {
      const params = { seconds: waitMs / 1000, reason: 'events' };
      end(() => reject(new BerthError('timeout', { place: openedMs > 0 ? 'proxy' : 'site', retry: 'auto', params })));
    });
    const onAbort = () => end(() => reject(new BerthError('cancelled', { place: 'computer' })));
    signal.addEventListener('abort', onAbort, { once: true });
    const end = (finish: () => void) => {
      signal.removeEventListener('abort', onAbort);
      void timer.dispose();
      stream.dispose();
      finish();
    };
  });
}

/** The whole handshake with a session that runs; else what the stream proxy says of one that does not exist. */
async function tunnelOutcome(api: SiteApi | null, signal: AbortSignal): Promise<Outcome> {
  if (api === null) throw new BerthError('internal', { place: 'computer' });
  const { sessions } = await api.sessionPage({ finished: false, offset: 0, limit: 50 }, signal);
  const running = sessions.find(({ family, services }) => family === 'running' && services.includes('sshd'));
  try {
    const socket = await api.openTunnel(running?.id ?? nobody, 'sshd', 'tcpproxy', signal);
    socket.terminate();
    return { facts: { proved: 'a WebSocket to a running session was opened' } };
  } catch (error) {
    // A webserver turns the manager's refusal into a 502, which the lookup of the session behind it explains.
    if (!(error instanceof BerthError) || !proxyAnswers.has(error.code)) throw error;
    return { facts: { proved: 'the stream proxy answers; no running session to open a WebSocket to' } };
  }
}
