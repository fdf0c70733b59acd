/**
 * A small router: fixed segments and `{name}` segments, one handler a method.
 */
import type { Handler } from './call.ts';

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handler: Handler;
  /** True when the route needs no signature. */
  readonly anonymous?: boolean;
}

export type Match =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'wrong-method' | 'unknown' };

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A broken escape cannot name anything that exists: let the look-up fail with the raw text.
    return segment;
  }
}

function read(segments: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (segments.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const actual = path[index] ?? '';
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decode(actual);
    else if (segment !== actual) return null;
  }
  return params;
}

export class Router {
  private readonly routes: Compiled[] = [];

  constructor(routes: readonly Route[]) {
    // Fixed segments win over named ones: `/session/_/match` must not be read as a session called `_`.
    const rank = (route: Route): number => route.path.split('/').filter((segment) => segment.startsWith('{')).length;
    for (const route of [...routes].sort((a, b) => rank(a) - rank(b))) {
      this.routes.push({ route, segments: route.path.split('/') });
    }
  }

  match(method: string, pathname: string): Match {
    const path = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
    const segments = path.split('/');
    let seen = false;
    for (const { route, segments: pattern } of this.routes) {
      const params = read(pattern, segments);
      if (params === null) continue;
      if (route.method === method) return { kind: 'found', route, params };
      seen = true;
    }
    return { kind: seen ? 'wrong-method' : 'unknown' };
  }
}
