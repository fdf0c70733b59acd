/** Looks what answers at an address a person typed (API reference, sections 2.6 and 3.1). No sign-in, no secrets. */
import { z } from 'zod';
import type { ProbeResult } from '../../src-preload/contract/sites.ts';
import { BerthError } from '../base/berth-error.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type HttpAnswer, HttpClient } from './http.ts';
import { createRoute, defaultRouteSettings, type Route } from './route.ts';
import { parseSiteConfig, type SiteConfig } from './site-config.ts';
import { type Hello, pickApiVersion } from './version-gates.ts';
import { parseJson } from './wire.ts';

const timeoutMs = 10_000;
const maxBytes = 1024 * 1024;
/** Differences below this are latency and the header's whole seconds, not a wrong clock. */
const minSkewMs = 5_000;

const HelloBody = z.object({ version: z.string().regex(/^v\d+\.\d{8}$/), manager: z.string().min(1).max(100) });

/** Reached, and what it is. */
export interface Probed {
  readonly endpoint: string;
  /** The way to take when a person does not choose: through the webserver where there is one. */
  readonly mode: 'api' | 'session';
  readonly modes: readonly ('api' | 'session')[];
  readonly hello: Hello;
  /** The site's clock minus this computer's; 0 when they agree as far as can be measured. */
  readonly skewMs: number;
  /** Null without a webserver, or where it hosts no web page. */
  readonly config: SiteConfig | null;
}

export interface ProbeRequest {
  readonly route?: Route;
  readonly clock?: Clock;
  /** Only this way is asked for: it is known from before. */
  readonly mode?: 'session' | 'api';
  readonly signal?: AbortSignal | undefined;
}

/**
 * Address with a scheme (https, or http on this computer), without trailing slash, query and fragment.
 * Throws BerthError `invalid-input`.
 */
export function normaliseEndpoint(text: string): string {
  const trimmed = text.trim();
  const refuse = (reason: string) =>
    new BerthError('invalid-input', { place: 'computer', params: { field: 'endpoint', reason } });
  const typed = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  let url: URL;
  try {
    url = new URL(typed ? trimmed : `https://${trimmed}`);
  } catch {
    throw refuse('not-an-address');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('scheme');
  // SECURITY: a password in the address would be kept in a plain document (test: "refuses credentials in the address").
  if (url.username !== '' || url.password !== '') throw refuse('credentials');
  if (!typed && isThisComputer(url.hostname)) url = new URL(`http://${trimmed}`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function isThisComputer(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** Throws BerthError `invalid-input`, `offline`, `tls`, `timeout`, `maintenance` or `not-backend-ai`, or of the way there. */
export async function probe(text: string, request: ProbeRequest = {}): Promise<Probed> {
  const endpoint = normaliseEndpoint(text);
  const { clock = systemClock, mode, signal } = request;
  const http = new HttpClient(request.route ?? createRoute(defaultRouteSettings));
  try {
    const get = (path: string) =>
      http.send({
        method: 'GET',
        url: new URL(`${endpoint}${path}`),
        headers: { accept: '*/*' },
        timeoutMs,
        maxBytes,
        idempotent: true,
        signal,
      });
    const skip = Promise.resolve(null);
    const [root, func, config] = await Promise.all([
      mode === 'session' ? skip : get('/'),
      mode === 'api' ? skip : get('/func/'),
      mode === 'api' ? skip : get('/config.toml'),
    ]);
    const manager = root === null ? null : readHello(root);
    const webserver = func === null ? null : readHello(func);
    const hello = webserver ?? manager;
    const first = root ?? func;
    if (hello === null) throw notBackendAi(endpoint, first?.status ?? 0, func?.status);
    return {
      endpoint,
      mode: webserver === null ? 'api' : 'session',
      modes: [...(webserver === null ? [] : (['session'] as const)), ...(manager === null ? [] : (['api'] as const))],
      hello,
      skewMs: skewOf((webserver === null ? root : func) ?? root, clock),
      config: config === null ? null : readConfig(config),
    };
  } catch (error) {
    // Something answered, but not as a web server or not to the end.
    if (error instanceof BerthError && error.code === 'bad-answer') throw notBackendAi(endpoint, 0, 0, error);
    throw error;
  } finally {
    http.dispose();
  }
}

/** Null for anything else: a webserver that hosts no web page answers a page, or nothing, for it. */
function readConfig(answer: HttpAnswer): SiteConfig | null {
  const text = answer.body.toString('utf8');
  if (answer.status !== 200 || !/^\s*\[general\]/m.test(text)) return null;
  try {
    return parseSiteConfig(text);
  } catch (error) {
    // A broken one hides what the site offers, but is no reason not to sign in.
    if (error instanceof BerthError) return null;
    throw error;
  }
}

function skewOf(answer: HttpAnswer | null, clock: Clock): number {
  const siteTime = Date.parse(answer?.headers.date ?? '');
  if (Number.isNaN(siteTime)) return 0;
  // The header is cut to the second.
  const skewMs = siteTime + 500 - clock.now();
  return Math.abs(skewMs) < minSkewMs ? 0 : Math.round(skewMs);
}

function notBackendAi(endpoint: string, root: number, func = 0, cause?: unknown): BerthError {
  const away = [502, 503, 504];
  const busy = away.includes(root) || away.includes(func);
  return new BerthError(busy ? 'maintenance' : 'not-backend-ai', {
    place: 'site',
    retry: busy ? 'auto' : 'user',
    params: { host: new URL(endpoint).host, status: away.includes(func) ? func : root },
    cause,
  });
}

function readHello(answer: HttpAnswer): Hello | null {
  if (answer.status !== 200) return null;
  let value: unknown;
  try {
    value = parseJson(answer.body.toString('utf8'));
  } catch {
    // A page, not an answer: what stands there is no manager.
    return null;
  }
  const parsed = HelloBody.safeParse(value);
  return parsed.success ? { announced: parsed.data.version, manager: parsed.data.manager } : null;
}

/** The probe as the contract has it: what went wrong is part of the answer. */
export async function probeResult(work: Promise<Probed>): Promise<ProbeResult> {
  try {
    const { endpoint, mode, modes, hello, skewMs, config } = await work;
    return {
      reachable: true,
      endpoint,
      mode,
      modes: [...modes],
      manager: hello.manager,
      apiVersion: pickApiVersion(hello),
      skewSeconds: Math.round(skewMs / 1000),
      singleSignOn: [...(config?.singleSignOn ?? [])],
    };
  } catch (error) {
    if (error instanceof BerthError) return { reachable: false, error: error.toValue() };
    throw error;
  }
}
