/**
 * Headers on their way through the gateway. The service must believe that it talks to a browser on its own address, and
 * must never see what belongs to Berth.
 */
import { cookieName, cookiePairs } from './request-policy.ts';

export interface Ends {
  /** The virtual host's origin, as the window knows it. */
  readonly origin: string;
  /** Port of the service inside the container. */
  readonly upstreamPort: number;
  /** Set where requests go through the site's app proxy. Its cookie opens every app of its user. */
  readonly circuit?: {
    readonly origin: string;
    readonly cookie: string | null;
    readonly cookieName: string;
  } | null;
}

type HeaderLists = Readonly<Record<string, readonly string[] | undefined>>;

const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Written anew for the service's side. */
const alsoDropped: ReadonlySet<string> = new Set(['expect', 'host']);

/**
 * What a service may not say to the browser about this host or the ones beside it: `alt-svc` would lead around the
 * gateway, the transport policies would break every later host on `localhost`, `clear-site-data` would take the window's
 * entry, reports would tell the host's name elsewhere, and a worker stays within its own folder.
 */
const browserWide: ReadonlySet<string> = new Set([
  'alt-svc',
  'strict-transport-security',
  'public-key-pins',
  'expect-ct',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
]);

/** Fields that mean something before the body only; RFC 9110, section 6.5.1. Everything a proxy acts on is among them. */
const neverTrailers: ReadonlySet<string> = new Set([
  'host',
  'cookie',
  'origin',
  'referer',
  'authorization',
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'set-cookie',
  'location',
  'cache-control',
  'expect',
  'range',
  'te',
  'max-forwards',
]);

/** Names that a Connection header declares for this hop only. */
function declared(values: readonly string[] | undefined): Set<string> {
  return new Set((values ?? []).flatMap((value) => value.split(',').map((name) => name.trim().toLowerCase())));
}

/** The service's address as it sees it itself. */
function upstreamOrigin(ends: Ends): string {
  return ends.circuit?.origin ?? `http://127.0.0.1:${ends.upstreamPort}`;
}

/**
 * The request's headers for the service.
 * @param headers as `IncomingMessage.headersDistinct` gives them
 */
export function requestHeaders(headers: HeaderLists, ends: Ends): Record<string, string | string[]> {
  const own = upstreamOrigin(ends);
  const dropped = declared(headers.connection);
  const result: Record<string, string | string[]> = { host: new URL(own).host };
  let cookies: string[] = [];
  for (const [name, values] of Object.entries(headers)) {
    // SECURITY: each hop's own headers end here ('drop a foreign referer and what belongs to one hop' in headers.test.ts).
    if (!values || hopByHop.has(name) || alsoDropped.has(name) || dropped.has(name)) continue;
    // SECURITY: the service sees its own address, never this one ('name the service as the browser would on its own address' in headers.test.ts).
    if (name === 'origin') result.origin = own;
    else if (name === 'referer') {
      const referer = values[0] ?? '';
      // SECURITY: no other page's address goes to the service ('drop a foreign referer and what belongs to one hop' in headers.test.ts).
      if (referer === ends.origin || referer.startsWith(`${ends.origin}/`)) {
        result.referer = own + referer.slice(ends.origin.length);
      }
    } else if (name === 'cookie') {
      // SECURITY: the gate's cookie stays here ('strips its own cookie' in headers.test.ts).
      cookies = cookiePairs(values.join('; '))
        .filter(({ name: pair }) => pair !== cookieName && pair !== ends.circuit?.cookieName)
        .map((pair) => pair.text);
    } else result[name] = values.length === 1 ? (values[0] ?? '') : [...values];
  }
  // SECURITY: the permit is added here and nowhere nearer to the window ('the permit stays here' in fallbacks.itest.ts).
  if (ends.circuit?.cookie) cookies.push(ends.circuit.cookie);
  if (cookies.length > 0) result.cookie = cookies.join('; ');
  return result;
}

/** A Set-Cookie line for this host only; null for one that would replace the gate's own cookie, or holds the permit. */
export function rewriteSetCookie(line: string, ends: Ends): string | null {
  const [pair = '', ...attributes] = line.split(';');
  const name = pair.split('=', 1)[0]?.trim();
  // SECURITY: a service must not set the gate's cookie ('keeps services from setting its cookie' in headers.test.ts).
  if (name === cookieName) return null;
  // SECURITY: a permit that comes back stays here ('keeps the permit of an app proxy' in headers.test.ts).
  if (ends.circuit && name === ends.circuit.cookieName) return null;
  // SECURITY: `Domain=localhost` would reach every other host of the gateway ('makes cookies host-only' in headers.test.ts).
  const kept = attributes.filter((attribute) => !/^\s*domain\s*(=|$)/i.test(attribute));
  return [pair, ...kept].join(';');
}

/** A Location that names the service's own address, as the window must see it. */
export function rewriteLocation(location: string, ends: Ends): string {
  const base = upstreamOrigin(ends);
  if (!/^(https?:)?\/\//i.test(location) || !URL.canParse(location, base)) return location;
  const url = new URL(location, base);
  const isOwn =
    url.origin === base ||
    ((url.hostname === '127.0.0.1' || url.hostname === 'localhost' || url.hostname === '0.0.0.0') &&
      Number(url.port || '80') === ends.upstreamPort);
  return isOwn ? `${ends.origin}${url.pathname}${url.search}${url.hash}` : location;
}

/** `Refresh: 3; url=...`, as the window must see it. */
function rewriteRefresh(value: string, ends: Ends): string {
  const parts = /^(\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?)([^"']*)(["']?\s*)$/i.exec(value);
  return parts ? `${parts[1]}${rewriteLocation(parts[2] ?? '', ends)}${parts[3]}` : value;
}

/**
 * Trailers on their way through, both ways.
 * @param rawTrailers name, value, ... as received
 */
export function passedTrailers(rawTrailers: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i + 1 < rawTrailers.length; i += 2) {
    const name = rawTrailers[i] ?? '';
    const lower = name.toLowerCase();
    // SECURITY: what was checked as a header must not come in behind the check ('lets no header in as a trailer' in headers.test.ts).
    if (neverTrailers.has(lower) || hopByHop.has(lower) || browserWide.has(lower)) continue;
    result.push([name, rawTrailers[i + 1] ?? '']);
  }
  return result;
}

/**
 * The response's headers for the window.
 * @param rawHeaders name, value, ... as `IncomingMessage.rawHeaders` gives them; the answer has the same shape
 * @param keepUpgrade for a 101, whose Connection and Upgrade belong to the answer
 */
export function responseHeaders(rawHeaders: readonly string[], ends: Ends, keepUpgrade = false): string[] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) pairs.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
  const dropped = declared(pairs.filter(([name]) => name.toLowerCase() === 'connection').map(([, value]) => value));
  const result: string[] = [];
  let hasReferrerPolicy = false;
  for (const [name, value] of pairs) {
    const lower = name.toLowerCase();
    if (keepUpgrade && (lower === 'connection' || lower === 'upgrade')) result.push(name, value);
    // SECURITY: framing is Node's, and each hop's own ('frames anew and adds no access for other origins' in headers.test.ts).
    else if (hopByHop.has(lower) || dropped.has(lower)) continue;
    // SECURITY: a service speaks for its own host alone ('keeps services from speaking for the browser' in headers.test.ts).
    else if (browserWide.has(lower)) continue;
    // SECURITY: the app proxy opens every answer to every page ('keeps the permit of an app proxy' in headers.test.ts).
    else if (ends.circuit && lower.startsWith('access-control-allow-')) continue;
    else if (lower === 'set-cookie') {
      const cookie = rewriteSetCookie(value, ends);
      if (cookie !== null) result.push(name, cookie);
    } else if (lower === 'location' || lower === 'content-location') result.push(name, rewriteLocation(value, ends));
    else if (lower === 'refresh') result.push(name, rewriteRefresh(value, ends));
    else {
      hasReferrerPolicy ||= lower === 'referrer-policy';
      result.push(name, value);
    }
  }
  // The host name is not guessable; links out of a notebook should not tell it.
  if (!hasReferrerPolicy && !keepUpgrade) result.push('Referrer-Policy', 'same-origin');
  return result;
}
