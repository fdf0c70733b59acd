/**
 * A service over the site's app proxy, version 2 (tunnels reference, sections 2.3 to 2.5): start it, have a circuit made,
 * and take the permit as a browser would, except that it stays in this process.
 */
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { ErrorPlace, ErrorReason } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';
import type { ProxiedService } from './api/services-api.ts';
import { mayTalkTo, permitFor, permitName } from './app-proxy-policy.ts';
import type { HttpAnswer, HttpTransport } from './http.ts';
import { badAnswer } from './network-errors.ts';
import { problemError } from './problem.ts';
import type { SiteClient } from './site-client.ts';

/** Its proxy may still be setting a route up when the circuit is asked for. */
const setupMs = 60_000;
const maxAnswerBytes = 256 * 1024;

const Authorised = z.object({ redirect_url: z.string() });

/** Where a service is on the app proxy. Holds a secret: it stays in the main process. */
export interface Circuit {
  /** Scheme, host and port of the app's address. */
  readonly origin: string;
  /** Goes with every request: the permit as a cookie; null for an app that is open to everybody. */
  readonly cookie: string | null;
  /** The cookie's name: what a service must not set and a window must not send. */
  readonly cookieName: string;
  /** One connection to that address, by the site's own trust and proxy. Throws BerthError. */
  connect(signal?: AbortSignal): Promise<Duplex>;
}

export interface AppProxyTools {
  readonly client: SiteClient;
  readonly http: HttpTransport;
  readonly startService: (sessionId: string, service: string, signal?: AbortSignal) => Promise<ProxiedService>;
}

function failed(
  reason: ErrorReason<'app-proxy-failed'>,
  params: BerthError['params'],
  place: ErrorPlace = 'site',
  cause?: unknown,
) {
  return new BerthError('app-proxy-failed', { place, retry: 'user', params: { ...params, reason }, cause });
}

/**
 * Starts the service where it does not run, and makes (or finds again) its circuit.
 * @throws BerthError `app-proxy-failed`, or what the site answers to the start
 */
export async function openCircuit(
  { client, http, startService }: AppProxyTools,
  ref: { readonly sessionId: string; readonly service: string; readonly protocol: string },
  signal?: AbortSignal,
): Promise<Circuit> {
  const { sessionId, service, protocol } = ref;
  const site = client.url('/');
  const started = await startService(sessionId, service, signal).catch(explainStart);
  const base = addressOf(started.proxyAddress, site);
  const query = new URLSearchParams({ token: started.token, session_id: sessionId, app: service, protocol });
  // The path stands below whatever base the site advertises.
  const asked = new URL(`${base.href.replace(/\/+$/, '')}/v2/proxy/auth?${query.toString()}`);
  const ask = async (url: URL): Promise<HttpAnswer> =>
    http.send({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      timeoutMs: setupMs,
      maxBytes: maxAnswerBytes,
      idempotent: true,
      signal,
    });
  const authorised = await ask(asked);
  if (authorised.status !== 200) throw refusal(authorised, asked);
  const setup = addressOf(readRedirect(authorised, asked.host), site);
  const answer = await ask(setup);
  const location = answer.headers.location;
  if (answer.status < 300 || answer.status >= 400 || location === undefined) throw refusal(answer, setup);
  const app = addressOf(new URL(location, setup).href, site);
  const verdict = permitFor(setup, answer.headers['set-cookie'] ?? [], app);
  if (!verdict.ok) throw failed(verdict.reason, { host: app.host });
  return {
    origin: app.origin,
    cookie: verdict.permit === null ? null : `${permitName}=${verdict.permit}`,
    cookieName: permitName,
    connect: (aborted) => client.route.connect(app, aborted),
  };
}

function explainStart(error: unknown): never {
  // 503: no coordinator for this resource group (tunnels reference, section 2.3).
  const none = error instanceof BerthError && error.code === 'maintenance' && error.params.slug !== 'server-frozen';
  throw none ? failed('not-offered', {}, 'manager', error) : error;
}

function addressOf(text: string, site: URL): URL {
  if (!URL.canParse(text)) throw badAnswer('shape', { host: site.host, where: 'app-proxy' });
  const url = new URL(text);
  if (!mayTalkTo(site, url)) throw failed('insecure', { host: url.host });
  return url;
}

function readRedirect({ body }: HttpAnswer, host: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw badAnswer('not-json', { host }, error);
  }
  const read = Authorised.safeParse(value);
  if (!read.success) throw badAnswer('shape', { host, where: 'redirect_url' });
  return read.data.redirect_url;
}

/** Names the host alone, for paths and queries here hold tokens. */
function refusal(answer: HttpAnswer, { host }: URL): BerthError {
  const cause = problemError(answer.status, answer.body);
  const reason = answer.status === 503 ? 'no-worker' : 'refused';
  return failed(reason, { host, status: answer.status }, 'site', cause);
}
