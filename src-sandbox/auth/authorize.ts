/**
 * Signing in with e-mail and password: what a manager checks, in its order, and what the one-time code plugin adds
 * (API reference, sections 1.7, 2.3 and 10.1).
 */
import { randomUUID } from 'node:crypto';
import type { Face } from '../face.ts';
import type { Fields } from '../http/call.ts';
import { optionalText, textField } from '../http/call.ts';
import { authFailed, badParameters, badRequest, Problem } from '../http/problem.ts';
import { domainName } from '../site-facts.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import { sameSecret } from './signature.ts';
import { isTotpCode, newTotpSecret } from './totp.ts';

const dayMs = 24 * 60 * 60 * 1000;

function rejectedByHook(msg: string): Problem {
  return new Problem(400, 'rejected-by-hook', 'Operation rejected by a hook plugin.', {
    msg,
    data: { plugins: 'totp' },
  });
}

export class Authorizer {
  private readonly accounts: Accounts;
  private readonly face: Face;
  /** Enrolments that were begun: registration token to account and the secret that waits for its first code. */
  private readonly enrolments = new Map<string, { readonly account: Account; secret: string | null }>();
  private readonly started = new Map<Account, string>();

  constructor(accounts: Accounts, face: Face) {
    this.accounts = accounts;
    this.face = face;
  }

  /** The `data` of the answer. Throws a Problem for everything but success and the typed two-factor answers. */
  authorize(fields: Fields): Record<string, unknown> {
    if (textField(fields, 'type') !== 'keypair') throw badParameters('Unsupported authorization type');
    const account = this.credential(fields, 'password');
    if (account.passwordExpired) {
      const expired = new Date(Date.now() - 3 * dayMs).toISOString().replace('T', ' ').replace('Z', '+00:00');
      throw new Problem(401, 'password-expired', 'Password has expired.', { msg: `Password expired on ${expired}.` });
    }
    const typed = this.face.since('25.9');
    if (account.mustEnrol) {
      if (!typed) throw rejectedByHook('You must register Two-Factor Authentication.');
      const token = randomUUID();
      this.enrolments.set(token, { account, secret: null });
      return { response_type: 'REQUIRE_TWO_FACTOR_REGISTRATION', token, type: 'TOTP' };
    }
    if (account.totpSecret !== null) {
      const code = optionalText(fields, 'otp');
      if (code === null || code === '') {
        if (!typed) throw rejectedByHook('You must authenticate using Two-Factor Authentication.');
        return { response_type: 'REQUIRE_TWO_FACTOR_AUTH', type: 'TOTP' };
      }
      if (!isTotpCode(account.totpSecret, code)) throw rejectedByHook('Invalid TOTP code provided');
    }
    const data = {
      access_key: account.accessKey,
      secret_key: account.secretKey,
      role: account.profile.role,
      status: 'active',
    };
    return typed ? { response_type: 'success', ...data, type: 'keypair' } : data;
  }

  /** Sets a new password without a sign-in; a site offers it when passwords age. */
  async updatePassword(fields: Fields): Promise<Record<string, unknown>> {
    const account = this.credential(fields, 'current_password');
    const password = textField(fields, 'new_password');
    if (sameSecret(password, account.password)) {
      throw authFailed('Cannot update to the same password as an existing password.');
    }
    if (password.length < 8) throw rejectedByHook('too short password');
    await account.change({ password, passwordExpired: false });
    return { password_changed_at: new Date().toISOString() };
  }

  /** Begins an enrolment: the secret in base32 and as the address that authenticator apps read from a picture. */
  begin(enroller: Account | string): { readonly totp_key: string; readonly totp_uri: string } {
    const secret = newTotpSecret();
    const account = typeof enroller === 'string' ? this.enrolment(enroller).account : enroller;
    if (typeof enroller === 'string') this.enrolment(enroller).secret = secret;
    else this.started.set(account, secret);
    const label = encodeURIComponent(`Sandbox:${account.email}`);
    return { totp_key: secret, totp_uri: `otpauth://totp/${label}?secret=${secret}&issuer=Sandbox` };
  }

  /** Ends an enrolment with the first code. */
  async finish(enroller: Account | string, code: string): Promise<void> {
    const byToken = typeof enroller === 'string' ? this.enrolment(enroller) : null;
    const account = byToken?.account ?? (enroller as Account);
    const secret = byToken?.secret ?? this.started.get(account) ?? null;
    if (secret === null) throw badRequest('The registration was not begun.');
    if (!isTotpCode(secret, code)) throw badRequest('Invalid TOTP code provided');
    await account.change({ totpSecret: secret });
    if (typeof enroller === 'string') this.enrolments.delete(enroller);
    this.started.delete(account);
  }

  private enrolment(token: string): { readonly account: Account; secret: string | null } {
    const enrolment = this.enrolments.get(token);
    if (enrolment === undefined) throw authFailed('Invalid registration token');
    return enrolment;
  }

  private credential(fields: Fields, passwordKey: string): Account {
    const domain = textField(fields, 'domain');
    const account = this.accounts.byEmail(textField(fields, 'username'));
    const password = textField(fields, passwordKey);
    // The comparison runs for an unknown name too, so that its time tells nothing.
    const right = sameSecret(password, account?.password ?? '');
    if (account === null || !right || domain !== domainName) throw authFailed('User credential mismatch.');
    return account;
  }
}
