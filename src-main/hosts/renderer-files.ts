/**
 * Which file of `dist/renderer` an address means, and with what headers it goes out: shared by the loopback server and
 * the `berth:` scheme, so that both hosts confine pages in the same way. Pure.
 */
import { extname, join, sep } from 'node:path';

/** Addresses of Berth's own windows; all of them are the one page. */
export const pagePaths: ReadonlySet<string> = new Set(['/', '/terminal', '/open']);

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface RendererFile {
  readonly path: string;
  readonly contentType: string;
  /** A page that a person navigates to, against a part of one. */
  readonly isPage: boolean;
  readonly cacheControl: string;
}

/** One segment of an address that is a plain file name: what bundlers write, and nothing that a file system reads otherwise. */
const plainSegment = /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/;

/**
 * The file that a request target (path with query) means, or null for everything that is not plainly a name below the
 * root. Nothing is decoded: bundled names need no escapes, so any `%` is an attempt at something else.
 */
export function rendererFile(root: string, target: string): RendererFile | null {
  const path = target.split('?', 1)[0] ?? '';
  if (pagePaths.has(path)) {
    return {
      path: join(root, 'index.html'),
      contentType: contentTypes['.html'] ?? '',
      isPage: true,
      cacheControl: 'no-store',
    };
  }
  if (!path.startsWith('/')) return null;
  const segments = path.slice(1).split('/');
  // SECURITY: only plain names, so no `..`, `%2e`, NUL, backslash, drive or UNC path is ever joined
  // (renderer-files.test.ts, "stays below its root").
  if (!segments.every((segment) => plainSegment.test(segment) && !segment.endsWith('.'))) return null;
  const contentType = contentTypes[extname(path)];
  // The page itself goes out under its own addresses only, source maps not at all.
  if (contentType === undefined || path === '/index.html') return null;
  const file = join(root, ...segments);
  if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
  const hashed = segments[0] === 'assets' && segments.length > 1;
  return {
    path: file,
    contentType,
    isPage: false,
    cacheControl: hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

/**
 * What Berth's own pages may do. `connectTo` are the places beside their own origin that they may talk to.
 * SECURITY: no inline script, no frame, no form, no other host (loopback-server.itest.ts, "pages"; scheme.test.ts).
 */
export function pageHeaders(connectTo: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // Mantine and xterm write style elements (toolchain, 2).
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...connectTo].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const denied = [
    'accelerometer',
    'autoplay',
    'camera',
    'display-capture',
    'encrypted-media',
    'fullscreen',
    'gamepad',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'picture-in-picture',
    'publickey-credentials-get',
    'screen-wake-lock',
    'serial',
    'usb',
    'window-management',
    'xr-spatial-tracking',
  ].map((name) => `${name}=()`);
  return {
    'Content-Security-Policy': policy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': [...denied, 'clipboard-read=(self)', 'clipboard-write=(self)'].join(', '),
  };
}
