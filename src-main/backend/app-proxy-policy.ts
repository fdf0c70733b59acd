/**
 * Whom a permit of the app proxy may be shown to: the rules that a browser has for cookies, because no browser holds this
 * one (tunnels reference, section 2.5). The same permit opens every app of its user, so it is as good as a password.
 */

/** The name is the worker's (tunnels reference, section 2.5). */
export const permitName = 'appproxy_permit';

export type PermitVerdict =
  | { readonly ok: true; readonly permit: string | null }
  /** `insecure`: the permit would cross the network in the clear; `foreign`: it is not for the app's host. */
  | { readonly ok: false; readonly reason: 'insecure' | 'foreign' };

/** Plain http is for sites that are themselves reached by it. */
export function mayTalkTo(site: URL, target: URL): boolean {
  if (target.protocol === 'https:') return true;
  // SECURITY: no downgrade: what TLS protects on the way to the site stays protected ('never in the clear' in app-proxy-policy.test.ts).
  return target.protocol === 'http:' && site.protocol === 'http:';
}

interface SetCookie {
  readonly value: string;
  readonly domain: string | null;
  readonly secure: boolean;
}

function readPermit(line: string): SetCookie | null {
  const [pair = '', ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  if (at < 0 || pair.slice(0, at).trim() !== permitName) return null;
  const value = pair.slice(at + 1).trim();
  // SECURITY: it becomes part of a header line ('is one word' in app-proxy-policy.test.ts).
  // Workers quote it, for it ends in `=`; a browser sends the quotes back, and so do we.
  if (!/^(?:"[!#-+\--:<-[\]-~]+"|[!#-+\--:<-[\]-~]+)$/.test(value)) return null;
  const named = (name: string): string | null => {
    const found = attributes.map((text) => text.trim()).find((text) => text.toLowerCase().startsWith(`${name}=`));
    return found === undefined ? null : found.slice(name.length + 1).trim();
  };
  const domain = named('domain')?.replace(/^\./, '').toLowerCase() ?? '';
  return {
    value,
    domain: domain === '' ? null : domain,
    secure: attributes.some((text) => text.trim().toLowerCase() === 'secure'),
  };
}

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/**
 * The permit that `setup`'s answer gives for `app`; null when it gives none (an app that is open to everybody).
 * @param lines its `Set-Cookie` headers
 */
export function permitFor(setup: URL, lines: readonly string[], app: URL): PermitVerdict {
  const cookie = lines.map(readPermit).find((found) => found !== null);
  if (!cookie) return { ok: true, permit: null };
  if (cookie.secure && app.protocol !== 'https:') return { ok: false, reason: 'insecure' };
  const [from, to] = [setup.hostname.toLowerCase(), app.hostname.toLowerCase()];
  // SECURITY: a permit goes back to where it came from, or within the domain that it names ('stays with its host' in app-proxy-policy.test.ts).
  const reaches = cookie.domain === null ? from === to : isWithin(from, cookie.domain) && isWithin(to, cookie.domain);
  return reaches ? { ok: true, permit: cookie.value } : { ok: false, reason: 'foreign' };
}
