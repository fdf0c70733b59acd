/**
 * Whether a request has a form that everyone on its way reads alike. Node's parser refuses what is broken; this refuses
 * what is allowed on paper and read in two ways, or asks of the gateway what it is not: a proxy for anything.
 */

export interface RequestShape {
  readonly method: string;
  /** The request's target as received. */
  readonly target: string;
  /** Name, value, name, value as received. */
  readonly rawHeaders: readonly string[];
  readonly isHttp10: boolean;
  readonly isUpgrade: boolean;
}

export interface ShapeRefusal {
  readonly status: number;
  readonly text: string;
}

/** Node's own limit drops what is beyond it without a word, so the gateway counts by itself. */
export const maxHeaders = 200;

/** Null for a request that may be looked at further. */
export function refusalOf(shape: RequestShape): ShapeRefusal | null {
  // SECURITY: TRACE would echo the cookie that script must not read; the others are for proxies ('refuses TRACE and CONNECT' in request-shape.test.ts).
  if (shape.method === 'TRACE' || shape.method === 'CONNECT' || shape.method === 'TRACK') {
    return { status: 405, text: 'Berth does not take requests of this kind.' };
  }
  // SECURITY: no end to headers, no request ('bounds the number of headers' in request-shape.test.ts).
  if (shape.rawHeaders.length > maxHeaders * 2) return { status: 431, text: 'This request has too many headers.' };
  // SECURITY: a target that names a host would be a second Host ('refuses targets that are no path' in request-shape.test.ts).
  if (!shape.target.startsWith('/')) return { status: 400, text: 'Berth is not a proxy.' };
  const codings = valuesOf(shape.rawHeaders, 'transfer-encoding');
  const hasLength = valuesOf(shape.rawHeaders, 'content-length').some((value) => value.trim() !== '0');
  // SECURITY: one way to tell where a body ends ('refuses bodies that can be framed in two ways' in request-shape.test.ts).
  if (codings.length > 0 && (hasLength || shape.isHttp10 || codings.join().trim().toLowerCase() !== 'chunked')) {
    return { status: 400, text: 'It is not clear where this request ends.' };
  }
  // SECURITY: what follows an upgrade is the other protocol, never a body ('refuses a WebSocket that brings a body' in request-shape.test.ts).
  if (shape.isUpgrade && (codings.length > 0 || hasLength)) {
    return { status: 400, text: 'A WebSocket cannot begin with a body.' };
  }
  return null;
}

/** Path without query, of a target that begins with one. */
export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '/';
}

function valuesOf(rawHeaders: readonly string[], wanted: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === wanted) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}
