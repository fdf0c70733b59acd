/**
 * Who has an account on this sandbox, and what is peculiar to each. Their keys and passwords are made at first start.
 */

/** What a sign-in with the account meets. */
export type AccountKind = 'main' | 'one-time-code' | 'must-enrol' | 'expired-password' | 'low-limits' | 'admin';

export interface Profile {
  readonly kind: AccountKind;
  readonly email: string;
  readonly fullName: string;
  /** Name of its file in the data folder. */
  readonly file: string;
  /** Requests in 15 minutes. */
  readonly rateLimit: number;
  /** Name of its keypair and user policy. */
  readonly policy: 'default' | 'low-limits';
  /** `admin`: of the domain. */
  readonly role: 'user' | 'admin';
  readonly about: string;
}

/** As in a manager's stock policy for users. */
const stockRateLimit = 30_000;

function profile(kind: AccountKind, fullName: string, about: string, rateLimit = stockRateLimit): Profile {
  const word = kind === 'main' ? 'user' : kind;
  return {
    kind,
    email: `${word}@sandbox.localhost`,
    fullName,
    file: kind === 'main' ? 'account.json' : `account-${kind}.json`,
    rateLimit,
    policy: kind === 'low-limits' ? 'low-limits' : 'default',
    role: kind === 'admin' ? 'admin' : 'user',
    about,
  };
}

/** The main account is the first. */
export const profiles = [
  profile('main', 'Sandbox User', 'an ordinary user'),
  profile('one-time-code', 'Olive Code', 'wants a one-time code: RFC 6238, secret in base32, SHA-1, 6 digits, 30 s'),
  profile('must-enrol', 'Enid Roll', 'has to enrol a one-time code before the first sign-in'),
  profile('expired-password', 'Percy Word', 'has to set a new password before signing in'),
  profile(
    'low-limits',
    'Lowell Mitt',
    '1 session at a time, 2 cores, 2 GiB, no GPU, 2 folders with 1 GiB in all, 400 requests',
    400,
  ),
  profile('admin', 'Ada Minn', 'administers the domain: may start sessions for others'),
] as const;
