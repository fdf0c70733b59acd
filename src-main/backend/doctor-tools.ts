/** The hops of the doctor's walk, by the same parts that carry everything else: what works here works there. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { DoctorTools, Identified } from '../doctor/doctor.ts';
import { looksLikePage } from './answer-kind.ts';
import { type HttpAnswer, HttpClient } from './http.ts';
import { cancelledError, fromNetworkError, timeoutError } from './network-errors.ts';
import type { Probed } from './probe.ts';
import { problemError } from './problem.ts';
import { type Environment, isExempt, type ProxySetting } from './proxy-policy.ts';
import type { Route } from './route.ts';
import type { SiteApi } from './site-api.ts';
import { describeCertificate } from './trust.ts';
import { pickApiVersion } from './version-gates.ts';

const connectMs = 8_000;
const askMs = 15_000;

export interface DoctorToolsOptions {
  /** Normalised. */
  readonly endpoint: string;
  readonly route: Route;
  readonly proxyKind: ProxySetting['kind'];
  readonly environment: Environment;
  /** Fingerprint. */
  readonly pinned: string | null;
  readonly clock: Clock;
  /** Throws BerthError. */
  readonly probe: (signal: AbortSignal) => Promise<Probed>;
  /** Answers null where this way of signing in is not for what was found. */
  readonly signIn: ((found: Probed, signal: AbortSignal) => Promise<SiteApi | null>) | null;
  readonly whyNoSignIn: string;
  /** Shorter for tests. */
  readonly connectMs?: number;
}

export function createDoctorTools(options: DoctorToolsOptions): DoctorTools & { dispose(): void } {
  const { endpoint, route, pinned, signIn } = options;
  const url = new URL(endpoint);
  const http = new HttpClient(route);
  let probed: Probed | null = null;

  return {
    endpoint,
    pinned,
    whyNoSignIn: options.whyNoSignIn,
    proxy: () => ({ address: route.proxyOf(url), why: whyProxy(url, options.proxyKind, options.environment) }),
    async resolve(host) {
      try {
        return (await lookup(host, { all: true })).map(({ address }) => address);
      } catch (error) {
        throw fromNetworkError(error, host);
      }
    },
    connect: (host, port, signal) => connect(host, port, options.connectMs ?? connectMs, signal),
    certificate: async (signal) => describeCertificate(await route.inspect(url, signal)),
    ask: (signal) =>
      http.send({
        method: 'GET',
        url: new URL(`${endpoint}/`),
        headers: { accept: '*/*' },
        timeoutMs: options.connectMs ?? askMs,
        maxBytes: 1024 * 1024,
        idempotent: true,
        signal,
      }),
    async identify(answer, signal): Promise<Identified> {
      try {
        probed = await options.probe(signal);
      } catch (error) {
        throw error instanceof BerthError && error.code === 'not-backend-ai' ? whoAnswers(answer, url, error) : error;
      }
      const { mode, hello } = probed;
      return { mode, manager: hello.manager, apiVersion: pickApiVersion(hello) };
    },
    signIn:
      signIn === null
        ? null
        : async (_found, signal) => {
            if (probed === null) throw new BerthError('internal', { place: 'computer' });
            return await signIn(probed, signal);
          },
    dispose: () => http.dispose(),
  };
}

/** A page, a redirect, a sign-in of somebody else: more exact than "not Backend.AI". */
function whoAnswers(answer: HttpAnswer, url: URL, error: BerthError): BerthError {
  const { status, headers, body } = answer;
  const { host } = url;
  if (status >= 200 && status < 300) {
    if (!looksLikePage(headers, body)) return error;
    return new BerthError('intercepted', { place: 'proxy', retry: 'user', params: { host, status, reason: 'page' } });
  }
  const told = problemError(status, body, { headers, url });
  return told.code === 'intercepted' || told.code === 'proxy' ? told : error;
}

function whyProxy(url: URL, kind: ProxySetting['kind'], environment: Environment): string {
  if (kind === 'none') return 'the setting of this site: none';
  if (kind === 'address') return 'the setting of this site';
  const names = [url.protocol === 'https:' ? 'https_proxy' : 'http_proxy', 'all_proxy'];
  const set = names.find((name) => environment[name] || environment[name.toUpperCase()]);
  if (set === undefined) return 'the environment sets none';
  const exempt = isExempt(url, environment.no_proxy || environment.NO_PROXY || '');
  const own = /^(?:localhost|.*\.localhost|127\..*|\[::1\])$/.test(url.hostname);
  return own ? 'the site is on this computer' : exempt ? 'no_proxy of the environment' : `${set} of the environment`;
}

function connect(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port });
    const end = (finish: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      finish();
    };
    const onAbort = () => end(() => reject(cancelledError()));
    const timer = setTimeout(() => end(() => reject(timeoutError(host, timeoutMs, 'connect'))), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end(resolve));
    socket.on('error', (error) => end(() => reject(fromNetworkError(error, host))));
  });
}
