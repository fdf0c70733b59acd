/**
 * What windows may do, decided in one place and without Electron: where to navigate, what to open, which permission, which
 * request. A web contents that nobody claimed may do nothing.
 */
import { pagePaths } from '../renderer-files.ts';

export const ownScheme = 'berth';
export const ownOrigin = `${ownScheme}://app`;

/** What a web contents is: one of Berth's own pages, or a session's app (hostile script) locked to its origin. */
export type Claim =
  | { readonly kind: 'own' }
  | { readonly kind: 'app'; readonly origin: string; readonly group: string; readonly partition: string };

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

/** `URL.origin` is `null` for schemes that the standard does not know, so it is put together here. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

function isOwnPage(url: URL): boolean {
  return originOf(url) === ownOrigin && url.username === '' && url.password === '' && pagePaths.has(url.pathname);
}

/** For main frames and frames within them, by link, form, script or redirect. */
export function mayNavigate(claim: Claim | undefined, target: string, isMainFrame: boolean): boolean {
  const url = parse(target);
  // SECURITY: default deny (guard.test.ts, "unclaimed").
  if (claim === undefined || url === null) return false;
  // SECURITY: Berth's own windows show Berth's own pages and have no frames (guard.test.ts, "own").
  if (claim.kind === 'own') return isMainFrame && isOwnPage(url);
  // A notebook shows its output in frames of these kinds; they have an opaque or its own origin and no way to Berth.
  if (
    !isMainFrame &&
    (target === 'about:blank' || target === 'about:srcdoc' || url.protocol === 'blob:' || url.protocol === 'data:')
  ) {
    return true;
  }
  // SECURITY: a session's window stays on its own origin, so never another session, Berth, a file or the web
  // (guard.test.ts, "app").
  return originOf(url) === claim.origin && url.username === '' && url.password === '';
}

export type OpenVerdict =
  | { readonly action: 'deny' }
  /** Another window of the same session, in the same partition. */
  | { readonly action: 'same-session' }
  /** Re-serialised, so that what is checked is what is opened. */
  | { readonly action: 'external'; readonly url: string };

const externalSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** The address as the system may be given it, or null: http, https and mailto alone. */
export function externalUrl(target: string): string | null {
  const url = parse(target);
  // SECURITY: other schemes start programs (guard.test.ts, "external").
  return url !== null && externalSchemes.has(url.protocol) ? url.href : null;
}

export function judgeOpening(claim: Claim | undefined, target: string): OpenVerdict {
  if (claim === undefined) return { action: 'deny' };
  // Jupyter opens an empty window on the click and sets its address later; navigation is judged again then.
  if (claim.kind === 'app' && (target === '' || target === 'about:blank' || mayNavigate(claim, target, true))) {
    return { action: 'same-session' };
  }
  const url = externalUrl(target);
  return url === null ? { action: 'deny' } : { action: 'external', url };
}

/** Permission -> why it is given. What is not listed is denied. */
const ownPermissions: ReadonlyMap<string, string> = new Map([
  ['clipboard-read', 'paste into a terminal'],
  ['clipboard-sanitized-write', 'copy an SSH command, a terminal selection'],
]);
const appPermissions: ReadonlyMap<string, string> = new Map([
  ['clipboard-sanitized-write', 'copy a cell'],
  ['fullscreen', 'show a plot or a slide'],
]);

/** @param requestingUrl address or origin of the frame that asks; never the window's own, which a frame can differ from */
export function mayUse(claim: Claim | undefined, permission: string, requestingUrl: string): boolean {
  const url = parse(requestingUrl);
  // SECURITY: default deny (guard.test.ts, "permissions").
  if (claim === undefined || url === null) return false;
  if (claim.kind === 'own') return originOf(url) === ownOrigin && ownPermissions.has(permission);
  return originOf(url) === claim.origin && appPermissions.has(permission);
}

/** Requests of Berth's own pages: themselves, and nothing on any network. */
export function mayOwnPageRequest(target: string): boolean {
  const url = parse(target);
  return (
    url !== null &&
    (originOf(url) === ownOrigin || mayOwnPageSave(target) || url.protocol === 'data:' || url.protocol === 'devtools:')
  );
}

const appRequestSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:', 'data:', 'blob:']);

/** Requests of a session's windows. A notebook may load from the web, as it may anywhere, but never files or Berth's pages. */
export function mayAppRequest(target: string): boolean {
  const url = parse(target);
  return url !== null && appRequestSchemes.has(url.protocol);
}

/** What Berth's own pages may save: text they made themselves (an export, a log), never an address they were told. */
export function mayOwnPageSave(target: string): boolean {
  return target.startsWith(`blob:${ownOrigin}/`);
}

/** The last part of a name that a page suggests for a download, fit for a file dialog. */
export function safeFileName(suggested: string): string {
  const last = suggested.split(/[\\/]/).at(-1) ?? '';
  const plain = Array.from(last, (letter) => (letter < ' ' || '\u007f<>:"|?*'.includes(letter) ? '_' : letter))
    .join('')
    .replace(/^\.+/, '')
    .trim();
  return plain === '' ? 'download' : plain.slice(0, 200);
}
