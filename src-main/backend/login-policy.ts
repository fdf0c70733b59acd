/**
 * What came of a sign-in by e-mail and password: the answers of a webserver's `/server/login` and of a manager's
 * `/auth/authorize`, old and new (API reference, sections 1.7, 2.3, 10.1). Decided by the body, never by the status alone:
 * the same refusal is a 200 up to 26.3 and a 4xx from 26.4.
 */
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import { type LoginText, readLoginText } from './login-texts-policy.ts';
import { problemError } from './problem.ts';

export type LoginVerdict =
  | {
      readonly kind: 'in';
      readonly accessKey: string;
      readonly secretKey: string | null;
      readonly logoutToken: string | null;
    }
  /** A one-time code is wanted; `wrong`: the one sent was not right. */
  | { readonly kind: 'code'; readonly wrong: boolean }
  /** The account must set up a second factor first. `token` stands for the account while it does. */
  | { readonly kind: 'enrolment'; readonly token: string | null }
  | { readonly kind: 'password-expired' }
  /** Somebody is signed in as this account elsewhere; `force` ends that. */
  | { readonly kind: 'elsewhere' }
  /** The session that was presented is signed in already. */
  | { readonly kind: 'already' }
  | { readonly kind: 'refused'; readonly error: BerthError };

const Refusal = z.object({
  type: z.string().nullish(),
  title: z.string().nullish(),
  details: z.string().nullish(),
  msg: z.string().nullish(),
  two_factor_registration_token: z.string().nullish(),
});
const WebserverAnswer = z.object({ authenticated: z.boolean(), data: z.unknown().optional() });
const SignedIn = z.object({ access_key: z.string().min(1) });
const Authorized = z.object({
  data: z.object({
    response_type: z.string().nullish(),
    access_key: z.string().nullish(),
    secret_key: z.string().nullish(),
    session_token: z.string().nullish(),
    token: z.string().nullish(),
  }),
});

/** @param codeSent a one-time code was part of the request: asking for one again then means that it was wrong */
export function readWebserverLogin(status: number, body: Buffer, codeSent: boolean): LoginVerdict {
  const value = parse(body);
  const answer = WebserverAnswer.safeParse(value);
  if (answer.success && answer.data.authenticated) {
    const data = SignedIn.safeParse(answer.data.data);
    if (!data.success) return { kind: 'refused', error: badAnswer('/server/login') };
    return { kind: 'in', accessKey: data.data.access_key, secretKey: null, logoutToken: null };
  }
  const refusal = Refusal.safeParse(answer.success ? answer.data.data : value);
  if (!refusal.success) return { kind: 'refused', error: problemError(status, body) };
  // Without `authenticated` it is the webserver itself that speaks, and its one 400 without a type of its own is this.
  if (!answer.success && slugOf(refusal.data.type) === 'generic-bad-request') return { kind: 'already' };
  return readRefusal(status, refusal.data, body, codeSent);
}

/** The same for `POST /auth/authorize`. */
export function readAuthorize(status: number, body: Buffer, codeSent: boolean): LoginVerdict {
  const value = parse(body);
  const answer = Authorized.safeParse(value);
  if (status >= 200 && status < 300 && answer.success) {
    const { response_type: type, access_key, secret_key, session_token, token } = answer.data.data;
    if (type === 'REQUIRE_TWO_FACTOR_AUTH') return { kind: 'code', wrong: codeSent };
    if (type === 'REQUIRE_TWO_FACTOR_REGISTRATION') return { kind: 'enrolment', token: token ?? null };
    if (access_key && secret_key) {
      return { kind: 'in', accessKey: access_key, secretKey: secret_key, logoutToken: session_token ?? null };
    }
    return { kind: 'refused', error: badAnswer('/auth/authorize') };
  }
  const refusal = Refusal.safeParse(value);
  if (!refusal.success) return { kind: 'refused', error: problemError(status, body) };
  return readRefusal(status, refusal.data, body, codeSent);
}

function readRefusal(status: number, data: z.infer<typeof Refusal>, body: Buffer, codeSent: boolean): LoginVerdict {
  const slug = slugOf(data.type);
  const words = data.details || data.msg || data.title || '';
  const text = readLoginText(words);
  if (slug === 'require-totp-authentication') return { kind: 'code', wrong: codeSent };
  if (slug === 'require-totp-registration') return enrolment(data);
  if (slug === 'password-expired') return { kind: 'password-expired' };
  if (slug === 'active-login-session-exists') return { kind: 'elsewhere' };
  if (slug === 'too-many-requests' || slug === 'login-blocked') {
    return { kind: 'refused', error: refused('login-blocked', 'site', {}, words) };
  }
  switch (text) {
    case 'code-wanted':
      return { kind: 'code', wrong: codeSent };
    case 'code-wrong':
      return { kind: 'code', wrong: true };
    case 'enrolment-wanted':
      return enrolment(data);
    case 'password-expired':
      return { kind: 'password-expired' };
    default:
      break;
  }
  if (slug === 'auth-failed') return { kind: 'refused', error: accountRefused(text, words) };
  const error = problemError(status, body);
  // A 200 that carries a refusal says nothing by its status.
  if (status >= 300) return { kind: 'refused', error };
  return { kind: 'refused', error: refused('refused-by-site', 'manager', { slug }, words) };
}

function accountRefused(text: LoginText, words: string): BerthError {
  if (text === 'unverified' || text === 'no-keypair') {
    return refused('unauthorised', 'manager', { reason: text }, words);
  }
  return refused('wrong-password', 'manager', {}, words);
}

function enrolment(data: z.infer<typeof Refusal>): LoginVerdict {
  return { kind: 'enrolment', token: data.two_factor_registration_token ?? null };
}

function refused(
  code: 'wrong-password' | 'login-blocked' | 'unauthorised' | 'refused-by-site',
  place: 'site' | 'manager',
  params: Record<string, string>,
  words: string,
): BerthError {
  return new BerthError(code, {
    place,
    retry: 'user',
    params,
    ...(words === '' ? {} : { detail: words.slice(0, 2000) }),
  });
}

function badAnswer(path: string): BerthError {
  return new BerthError('bad-answer', { place: 'site', retry: 'user', params: { path, reason: 'shape' } });
}

function slugOf(type: string | null | undefined): string {
  return (type ?? '').replace(/\/+$/, '').split('/').pop() ?? '';
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // A page of somebody in between: the status decides.
    return null;
  }
}
