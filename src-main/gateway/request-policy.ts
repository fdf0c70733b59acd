/**
 * Who may ask the gateway for what: decisions on facts of one request, before anything else happens with it. A page in
 * an app window is hostile script, and so may be any other page or program on this computer.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * A plain name: `Secure`, which `__Host-` demands, is accepted over http on *.localhost by Chromium but not by every
 * browser. What the prefix would give holds anyway: the cookie is host-only, and each host belongs to one service.
 */
export const cookieName = 'berth-gate';

export const ownPrefix = '/.berth/';

export interface RequestFacts {
  readonly method: string;
  readonly isUpgrade: boolean;
  /** Path without query. */
  readonly path: string;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
  readonly fetchDest: string | undefined;
}

export interface Guarded {
  /** `http://<random>.localhost:<port>` */
  readonly origin: string;
  readonly cookieValue: string;
}

export type Refusal = 'cross-site' | 'no-cookie' | 'foreign-origin' | 'no-origin';
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: Refusal };

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** `none`: the person typed the address. Anything else, or two answers, is not from a page of this host. */
const ownSites: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** What a window needs before it has its cookie: static, the same for everybody. */
const publicPaths: ReadonlySet<string> = new Set(['/.berth/enter', '/.berth/page.js', '/.berth/page.css']);

function refuse(reason: Refusal): Verdict {
  return { ok: false, reason };
}

/**
 * The one Host header of a request, when it is well-formed.
 * @param rawHeaders name, value, name, value as received
 */
export function hostOf(rawHeaders: readonly string[]): string | null {
  let host: string | null = null;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'host') continue;
    // SECURITY: two hosts: whoever reads the other one would see another site ('reads one Host header or none' in request-policy.test.ts).
    if (host !== null) return null;
    host = rawHeaders[i + 1] ?? null;
  }
  return host;
}

export function judge(place: Guarded, facts: RequestFacts): Verdict {
  const crossSite = facts.fetchSite !== undefined && !ownSites.has(facts.fetchSite);
  const isSafe = safeMethods.has(facts.method) && !facts.isUpgrade;
  const isTopNavigation = isSafe && facts.fetchMode === 'navigate' && facts.fetchDest === 'document';
  // SECURITY: other sites may open a window here, nothing else ('refuses cross-site requests' in request-policy.test.ts).
  if (crossSite && !isTopNavigation) return refuse('cross-site');
  // SECURITY: only a window that came in with a token may ask ('wants the cookie' in request-policy.test.ts).
  if (!publicPaths.has(facts.path) && !hasCookie(facts.cookie, place.cookieValue)) return refuse('no-cookie');
  // SECURITY: cookies and Host say nothing about the asking page; Origin does ('wants the exact Origin' in request-policy.test.ts).
  if (facts.origin !== undefined && facts.origin !== place.origin) return refuse('foreign-origin');
  // SECURITY: what changes something must name its page ('wants an Origin where something changes' in request-policy.test.ts).
  if (!isSafe && facts.origin === undefined && (facts.isUpgrade || facts.fetchSite !== 'same-origin')) {
    return refuse('no-origin');
  }
  return { ok: true };
}

/** Constant-time, whatever the lengths. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  // SECURITY: how long it takes tells nothing ('compares secrets in constant time' in request-policy.test.ts).
  return timingSafeEqual(digest(given), digest(expected));
}

function hasCookie(header: string | undefined, expected: string): boolean {
  // Script can add a second cookie of this name with another path; any of them may be ours.
  return ownCookies(header).some((value) => sameSecret(value, expected));
}

function ownCookies(header: string | undefined): string[] {
  return cookiePairs(header)
    .filter((pair) => pair.name === cookieName)
    .map((pair) => pair.value);
}

export function cookiePairs(header: string | undefined): { name: string; value: string; text: string }[] {
  if (!header) return [];
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((text) => {
      const at = text.indexOf('=');
      return at < 0
        ? { name: '', value: text, text }
        : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim(), text };
    });
}
