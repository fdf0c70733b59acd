/**
 * Refusals of a site -> BerthError: by HTTP status and the last path segment of the problem's `type`, never by text
 * (API reference, section 9). A reverse proxy answers with HTML: such a body only moves the place of the error.
 */
import { z } from 'zod';
import type { ErrorCode, ErrorPlace, ErrorValue } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';

export interface Problem {
  /** Last path segment of `type`. */
  readonly slug: string;
  /** What the site says, for people: `msg`, else `title`; then field messages. */
  readonly detail: string;
  readonly data: unknown;
}

type Verdict = readonly [ErrorCode, ErrorPlace, ErrorValue['retry']];

const bySlug: Readonly<Record<string, Verdict>> = {
  'invalid-auth-params': ['clock-skew', 'computer', 'user'],
  'auth-failed': ['unauthorised', 'manager', 'never'],
  'password-expired': ['unauthorised', 'manager', 'never'],
  'insufficient-privilege': ['forbidden', 'manager', 'never'],
  'generic-forbidden': ['forbidden', 'manager', 'never'],
  'permission-denied': ['forbidden', 'manager', 'never'],
  'keypair-forbidden': ['forbidden', 'manager', 'never'],
  'invalid-api-params': ['refused-by-site', 'manager', 'never'],
  'generic-bad-request': ['refused-by-site', 'manager', 'never'],
  'rejected-by-hook': ['refused-by-site', 'manager', 'never'],
  'graphql-error': ['refused-by-site', 'manager', 'never'],
  'object-not-found': ['not-found', 'manager', 'never'],
  'session-not-found': ['not-found', 'manager', 'never'],
  'too-many-sessions-matched': ['refused-by-site', 'manager', 'never'],
  'url-not-found': ['unsupported', 'manager', 'never'],
  'method-not-allowed': ['unsupported', 'manager', 'never'],
  'not-implemented': ['unsupported', 'manager', 'never'],
  deprecated: ['unsupported', 'manager', 'never'],
  'session-already-exists': ['name-taken', 'manager', 'never'],
  'quota-exceeded': ['quota', 'manager', 'never'],
  'no-available-scaling-group': ['refused-by-site', 'manager', 'never'],
  'kernel-not-ready': ['session-not-running', 'manager', 'user'],
  'session-invalid-state': ['refused-by-site', 'manager', 'user'],
  'kernel-creation-failed': ['server-error', 'agent', 'user'],
  'kernel-destruction-failed': ['server-error', 'agent', 'user'],
  'kernel-restart-failed': ['server-error', 'agent', 'user'],
  'kernel-execution-failed': ['server-error', 'agent', 'user'],
  'app-service-start-failed': ['service-failed', 'container', 'user'],
  'internal-server-error': ['server-error', 'manager', 'user'],
  'service-unavailable': ['maintenance', 'manager', 'auto'],
  'server-frozen': ['maintenance', 'manager', 'auto'],
  'instance-not-available': ['server-error', 'agent', 'user'],
  'rate-limit-exceeded': ['rate-limited', 'manager', 'auto'],
  'too-many-requests': ['rate-limited', 'site', 'auto'],
  'storage-proxy-error': ['server-error', 'site', 'user'],
  'bad-gateway': ['server-error', 'site', 'auto'],
};

const byStatus: Readonly<Record<number, Verdict>> = {
  400: ['refused-by-site', 'manager', 'never'],
  401: ['unauthorised', 'manager', 'never'],
  403: ['forbidden', 'manager', 'never'],
  404: ['not-found', 'manager', 'never'],
  405: ['unsupported', 'manager', 'never'],
  407: ['forbidden', 'proxy', 'never'],
  408: ['timeout', 'site', 'auto'],
  409: ['refused-by-site', 'manager', 'user'],
  410: ['not-found', 'manager', 'never'],
  412: ['quota', 'manager', 'never'],
  413: ['refused-by-site', 'proxy', 'never'],
  429: ['rate-limited', 'manager', 'auto'],
  501: ['unsupported', 'manager', 'never'],
  502: ['server-error', 'proxy', 'auto'],
  503: ['maintenance', 'manager', 'auto'],
  504: ['timeout', 'proxy', 'auto'],
};

const ProblemBody = z.object({
  type: z.string(),
  title: z.string().nullish(),
  msg: z.string().nullish(),
  data: z.unknown().optional(),
});

/** Null when the body is no problem document (HTML of a proxy, cut off, empty). */
export function parseProblem(body: Buffer): Problem | null {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // Not JSON: a proxy's page. The status alone decides then.
    return null;
  }
  const parsed = ProblemBody.safeParse(value);
  if (!parsed.success) return null;
  const { type, title, msg, data } = parsed.data;
  const slug = type.replace(/\/+$/, '').split('/').pop() ?? '';
  return { slug, detail: [msg || title || '', describeData(data)].filter((part) => part !== '').join('\n'), data };
}

/** Field messages (`data` of invalid-api-params) and agents' reasons, one a line. */
function describeData(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return '';
  const lines = Object.entries(data).flatMap(([field, text]) =>
    typeof text === 'string' || typeof text === 'number' ? [`${field}: ${text}`] : [],
  );
  return lines.join('\n');
}

/** The error for an answer outside 2xx. */
export function problemError(status: number, body: Buffer): BerthError {
  const problem = parseProblem(body);
  const known = problem === null ? undefined : bySlug[problem.slug];
  const [code, place, retry]: Verdict =
    known ??
    byStatus[status] ??
    (status >= 500 ? ['server-error', 'manager', 'user'] : ['bad-answer', 'site', 'never']);
  // Whoever answers without a problem document stands before the manager.
  const from = problem === null && place === 'manager' && status !== 401 ? 'proxy' : place;
  return new BerthError(code, {
    place: from,
    retry,
    params: { status, ...(problem === null ? {} : { slug: problem.slug }) },
    ...(problem === null || problem.detail === '' ? {} : { detail: problem.detail.slice(0, 2000) }),
  });
}
