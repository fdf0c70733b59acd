/**
 * Refusals of a site -> BerthError: by HTTP status and the last path segment of the problem's `type`, never by text
 * (API reference, section 9). A reverse proxy answers with HTML: such a body only moves the place of the error.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { ErrorCode, ErrorPlace, ErrorReason, ErrorValue } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';
import { looksLikePage } from './answer-kind.ts';

export interface Problem {
  /** Last path segment of `type`. */
  readonly slug: string;
  /** What the site says, for people: `msg`, else `title`; then field messages. */
  readonly detail: string;
  readonly data: unknown;
}

export interface Verdict {
  readonly code: ErrorCode;
  readonly place: ErrorPlace;
  readonly retry: ErrorValue['retry'];
  readonly reason?: ErrorReason;
}

function verdict<C extends ErrorCode>(
  code: C,
  place: ErrorPlace,
  retry: ErrorValue['retry'],
  reason?: ErrorReason<C>,
): Verdict {
  return { code, place, retry, ...(reason === undefined ? {} : { reason }) };
}

const refused = (reason?: ErrorReason<'refused-by-site'>) => verdict('refused-by-site', 'manager', 'never', reason);
const forbidden = verdict('forbidden', 'manager', 'never');
const unsupported = verdict('unsupported', 'manager', 'never');
const agentFailed = verdict('server-error', 'agent', 'user', 'agent');
const folderBusy = verdict('folder-busy', 'manager', 'user');

/** Every type a client meets (API reference, sections 2.3 and 9.2; tunnels reference, section 1.6). */
export const bySlug: Readonly<Record<string, Verdict>> = {
  'invalid-auth-params': verdict('clock-skew', 'computer', 'user'),
  'auth-failed': verdict('unauthorised', 'manager', 'never'),
  'password-expired': verdict('password-expired', 'manager', 'never'),
  'require-totp-authentication': verdict('otp-needed', 'manager', 'user'),
  'require-totp-registration': verdict('otp-enrolment', 'manager', 'never'),
  'active-login-session-exists': verdict('login-elsewhere', 'manager', 'user'),
  'login-session-expired': verdict('signed-out', 'manager', 'never'),
  'login-blocked': verdict('login-blocked', 'manager', 'user'),
  'too-many-requests': verdict('login-blocked', 'site', 'user'),
  'insufficient-privilege': forbidden,
  'generic-forbidden': forbidden,
  'permission-denied': forbidden,
  'keypair-forbidden': forbidden,
  'invalid-api-params': refused('fields'),
  'generic-bad-request': refused(),
  'rejected-by-hook': refused('hook'),
  'graphql-error': refused('graphql'),
  'object-not-found': verdict('not-found', 'manager', 'never'),
  'session-not-found': verdict('not-found', 'manager', 'never'),
  'too-many-sessions-matched': verdict('ambiguous', 'manager', 'never'),
  'url-not-found': unsupported,
  'method-not-allowed': unsupported,
  'not-implemented': unsupported,
  deprecated: unsupported,
  'session-already-exists': verdict('name-taken', 'manager', 'never'),
  'quota-exceeded': verdict('quota', 'manager', 'never'),
  'no-available-scaling-group': refused('no-resource-group'),
  'kernel-not-ready': verdict('session-not-running', 'manager', 'user'),
  'session-invalid-state': verdict('refused-by-site', 'manager', 'user', 'state'),
  'kernel-creation-failed': agentFailed,
  'kernel-destruction-failed': agentFailed,
  'kernel-restart-failed': agentFailed,
  'kernel-execution-failed': agentFailed,
  'app-service-start-failed': verdict('service-failed', 'container', 'user'),
  'internal-server-error': verdict('server-error', 'manager', 'user'),
  'service-unavailable': verdict('maintenance', 'manager', 'auto'),
  'server-frozen': verdict('maintenance', 'manager', 'user', 'frozen'),
  'instance-not-available': verdict('server-error', 'agent', 'user', 'no-machine'),
  'rate-limit-exceeded': verdict('rate-limited', 'manager', 'auto'),
  'bad-gateway': verdict('server-error', 'site', 'auto', 'bad-gateway'),
  'vfolder-already-exists': verdict('name-taken', 'manager', 'never', 'folder'),
  'vfolder-operation-failed': refused('folder'),
  'vfolder-creation-failed': refused('folder'),
  'vfolder-permission-error': forbidden,
  'storage-permission-not-allowed': forbidden,
  'vfolder-filter-status-failed': folderBusy,
  'vfolder-filter-status-not-available': folderBusy,
  'vfolder-invitation-not-found': verdict('not-found', 'manager', 'never'),
  'vfolder-grant-already-exists': refused('folder'),
  'too-many-vfolders': verdict('ambiguous', 'manager', 'never'),
  'vfolder-gone': verdict('not-found', 'manager', 'never', 'folder'),
  'storage-proxy-error': verdict('server-error', 'storage', 'user', 'storage'),
  'bgtask-not-found': verdict('not-found', 'manager', 'never', 'task'),
};

const byStatus: Readonly<Record<number, Verdict>> = {
  400: refused(),
  401: verdict('unauthorised', 'manager', 'never'),
  403: forbidden,
  404: verdict('not-found', 'manager', 'never'),
  405: unsupported,
  407: verdict('proxy', 'proxy', 'never', 'login'),
  408: verdict('timeout', 'site', 'auto'),
  409: verdict('refused-by-site', 'manager', 'user', 'state'),
  410: verdict('not-found', 'manager', 'never'),
  412: verdict('quota', 'manager', 'never'),
  413: verdict('refused-by-site', 'proxy', 'never'),
  429: verdict('rate-limited', 'manager', 'auto'),
  501: unsupported,
  502: verdict('server-error', 'proxy', 'auto', 'bad-gateway'),
  503: verdict('maintenance', 'manager', 'auto'),
  504: verdict('timeout', 'proxy', 'auto', 'silent'),
  // RFC 6585: the network itself wants a sign-in.
  511: verdict('intercepted', 'proxy', 'user', 'page'),
};

const ProblemBody = z.object({
  type: z.string(),
  title: z.string().nullish(),
  msg: z.string().nullish(),
  data: z.unknown().optional(),
  /** What the agent told the manager. */
  'agent-details': z
    .object({ title: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
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
  const { type, title, msg, data, 'agent-details': agent } = parsed.data;
  const slug = type.replace(/\/+$/, '').split('/').pop() ?? '';
  const lines = [msg || title || '', describeData(data), agent?.title ?? ''];
  return { slug: slug.slice(0, 100), detail: lines.filter((line) => line !== '').join('\n'), data };
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

/** What is known of a refusal beside status and body. */
export interface RefusalContext {
  readonly headers?: IncomingHttpHeaders;
  /** What was asked for: a redirect is judged by it. */
  readonly url?: URL;
}

/** The error for an answer outside 2xx. */
export function problemError(status: number, body: Buffer, { headers = {}, url }: RefusalContext = {}): BerthError {
  const problem = parseProblem(body);
  const { code, place, retry, reason } = judge(status, problem, body, headers, url);
  const target = status >= 300 && status < 400 ? redirectTarget(headers, url) : null;
  const wait = retryAfterSeconds(headers);
  return new BerthError(code, {
    place,
    retry,
    params: {
      status,
      ...(problem === null ? {} : { slug: problem.slug }),
      ...(reason === undefined ? {} : { reason }),
      ...(url === undefined || place === 'manager' ? {} : { host: url.host }),
      ...(target === null ? {} : { to: target.host }),
      ...(wait === null ? {} : { retryAfterSeconds: wait }),
    },
    ...(problem === null || problem.detail === '' ? {} : { detail: problem.detail.slice(0, 2000) }),
  });
}

function judge(
  status: number,
  problem: Problem | null,
  body: Buffer,
  headers: IncomingHttpHeaders,
  url: URL | undefined,
): Verdict {
  if (problem !== null) {
    const known = bySlug[problem.slug] ?? byStatus[status];
    // A type of next year: the site refused, and its own words tell why.
    return known ?? (status >= 500 ? verdict('server-error', 'manager', 'user') : refused());
  }
  if (status >= 300 && status < 400) return redirectVerdict(headers, url);
  // Whoever answers without a problem document stands before the manager: neither the sign-in nor the thing asked for is
  // to blame, and nothing may be taken for gone because of it.
  const page = looksLikePage(headers, body);
  if (status === 401 && (page || headers['www-authenticate'] !== undefined)) {
    return verdict('intercepted', 'proxy', 'user', 'login');
  }
  if (status === 404 || status === 410) {
    return page ? verdict('intercepted', 'proxy', 'auto', 'page') : verdict('bad-answer', 'proxy', 'auto', 'status');
  }
  const known = byStatus[status];
  if (known !== undefined) return known.place === 'manager' && status !== 401 ? { ...known, place: 'proxy' } : known;
  return status >= 500 ? verdict('server-error', 'proxy', 'user') : verdict('bad-answer', 'proxy', 'user', 'status');
}

function redirectTarget(headers: IncomingHttpHeaders, url: URL | undefined): URL | null {
  const { location } = headers;
  return location !== undefined && URL.canParse(location, url?.href) ? new URL(location, url) : null;
}

function redirectVerdict(headers: IncomingHttpHeaders, url: URL | undefined): Verdict {
  const target = redirectTarget(headers, url);
  if (target === null) return verdict('bad-answer', 'proxy', 'user', 'status');
  if (url === undefined || target.hostname !== url.hostname) return verdict('intercepted', 'proxy', 'user', 'redirect');
  const secured = url.protocol === 'http:' && target.protocol === 'https:';
  return verdict('intercepted', 'proxy', 'user', secured ? 'https' : 'login');
}

/** Null when the answer does not say, as the manager's never does (API reference, section 9.3). */
function retryAfterSeconds(headers: IncomingHttpHeaders): number | null {
  const text = headers['retry-after'];
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
