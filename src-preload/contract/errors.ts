/**
 * What may go wrong, as values: a closed set of codes that both sides switch on. Texts live in the renderer's
 * translations under `errors.<code>`; nothing here is ever matched by message.
 */
import { z } from 'zod';

export const errorCodes = [
  'internal',
  'invalid-input',
  'cancelled',
  'timeout',
  'offline',
  'tls',
  'certificate-changed',
  'proxy',
  'intercepted',
  'not-backend-ai',
  'version-unsupported',
  'clock-skew',
  'unauthorised',
  'wrong-password',
  'password-expired',
  'otp-needed',
  'otp-refused',
  'otp-enrolment',
  'login-elsewhere',
  'login-blocked',
  'forbidden',
  'not-found',
  'ambiguous',
  'rate-limited',
  'server-error',
  'maintenance',
  'bad-answer',
  'unsupported',
  'refused-by-site',
  'quota',
  'name-taken',
  'folder-busy',
  'account-missing',
  'signed-out',
  'session-gone',
  'session-not-running',
  'no-ssh-service',
  'key-missing',
  'key-refused',
  'key-file',
  'host-key-changed',
  'tunnel-refused',
  'tunnel-lost',
  'service-unknown',
  'service-failed',
  'service-timeout',
  'app-proxy-failed',
  'secrets-unavailable',
  'secrets-locked',
  'settings-invalid',
  'sandbox-failed',
  'recipe-invalid',
  'link-invalid',
  'file-exists',
  'file-write',
  'file-missing',
  'file-unreadable',
  'file-changed',
  'no-space',
  'no-sftp',
  'copy-failed',
  'ssh-config',
  'port-taken',
  'bridge-lost',
] as const;

export const ErrorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof ErrorCode>;

/**
 * Codes whose sentence depends on `params.reason`: each pair has its own words. A reason that is not listed here gets the
 * code's own sentence.
 */
export const errorReasons = {
  /**
   * `silent`: connected, and nothing came; `body`: the answer began and did not end; `events`: no sign of life on the
   * stream; `late`: a link's question is without an answer so far.
   */
  timeout: ['connect', 'silent', 'body', 'events', 'late'],
  offline: ['name-not-found', 'refused', 'reset', 'no-network', 'no-route', 'stream-ended'],
  tls: ['expired', 'not-yet-valid', 'self-signed', 'unknown-issuer', 'wrong-name', 'not-tls'],
  proxy: ['login', 'unreachable', 'refused', 'address', 'scheme'],
  'invalid-input': ['no-certificate', 'broken-certificate', 'no-tls'],
  /** `expired`: the site ended the sign-in; `unverified`, `no-keypair`: the account is not ready for use. */
  unauthorised: ['expired', 'unverified', 'no-keypair'],
  'clock-skew': ['measured'],
  /** Somebody else answers: `page` a web page, `redirect` elsewhere, `login` a page to sign in at, `https` the same with TLS. */
  intercepted: ['page', 'redirect', 'login', 'https'],
  /** `cut-off`: the connection ended well, the text did not; `truncated`: the connection ended before the answer. */
  'bad-answer': [
    'not-json',
    'cut-off',
    'truncated',
    'wrong-length',
    'too-large',
    'empty',
    'compressed',
    'not-http',
    'shape',
    'status',
    'not-events',
  ],
  forbidden: ['route'],
  'not-found': ['folder', 'task'],
  'server-error': ['agent', 'storage', 'bad-gateway', 'no-machine'],
  maintenance: ['frozen'],
  'refused-by-site': ['fields', 'hook', 'graphql', 'state', 'no-resource-group', 'authorisation', 'folder'],
  'name-taken': ['folder'],
  'tunnel-refused': ['no-websocket'],
  /**
   * `silent`: no sign of life from the other side; `asleep`: let go when this computer went to sleep; `ending`: let go
   * because its session is being ended.
   */
  'tunnel-lost': ['silent', 'asleep', 'ending'],
  /** A private key file of the person's own. */
  'key-file': [
    'unreadable',
    'too-large',
    'no-key',
    'public',
    'passphrase-needed',
    'passphrase-wrong',
    'putty',
    'no-agent',
  ],
  /** `foreign`: its permit is for another host than the app's; `insecure`: it would travel without TLS. */
  'app-proxy-failed': ['not-offered', 'insecure', 'foreign', 'no-worker', 'refused'],
  /** `unwritable`: the file may not be written; `odd-path`: the data folder's name cannot stand in it. */
  'ssh-config': ['unwritable', 'odd-path'],
  'port-taken': ['privileged'],
  /** `since-look`: made or changed after the look from which files were kept. */
  'file-changed': ['since-look'],
  'service-failed': ['blocked', 'not-listening', 'restarting', 'program-missing', 'not-allowed'],
} as const satisfies Partial<Record<ErrorCode, readonly string[]>>;

type Reasons = typeof errorReasons;

/** The reasons of a code that have words. */
export type ErrorReason<C extends ErrorCode = ErrorCode> = C extends keyof Reasons ? Reasons[C][number] : never;

/** What a sentence is for: a code, or a code with one of its reasons. */
export type Situation = ErrorCode | { [C in keyof Reasons]: `${C}.${Reasons[C][number]}` }[keyof Reasons];

/** Every situation there is. */
export const situations: readonly Situation[] = [
  ...errorCodes,
  ...Object.entries(errorReasons).flatMap(([code, reasons]) =>
    reasons.map((reason) => `${code}.${reason}` as Situation),
  ),
];

/** Where on the way it went wrong, from near to far. */
export const ErrorPlace = z.enum(['computer', 'proxy', 'site', 'manager', 'agent', 'storage', 'container', 'service']);
export type ErrorPlace = z.infer<typeof ErrorPlace>;

/** An error as it crosses the bridge: safe to show, free of secrets. */
export const ErrorValue = z.strictObject({
  code: ErrorCode,
  place: ErrorPlace,
  /** `auto`: Berth tries again by itself; `user`: trying again may help; `never`: something must change first. */
  retry: z.enum(['never', 'user', 'auto']),
  /** Values for the translated sentence (names, amounts). */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The other side's own words, redacted; shown folded, never interpreted. */
  detail: z.string().max(8192).optional(),
  /** Found again in the log under this id; defects only. */
  correlation: z.string().optional(),
});
export type ErrorValue = z.infer<typeof ErrorValue>;

/** The most exact situation that an error is of. */
export function situationOf({ code, params }: Pick<ErrorValue, 'code' | 'params'>): Situation {
  return situations.find((situation) => situation === `${code}.${params.reason}`) ?? code;
}
