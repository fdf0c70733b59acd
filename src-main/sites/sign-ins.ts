/**
 * Sign-ins by e-mail and password that take more than one step: a one-time code, a second factor to set up, an expired
 * password, a sign-in elsewhere. The password crosses from the window once and waits here, in memory, for a short while.
 */
import { randomUUID } from 'node:crypto';
import type { SignInReply, SignInStep } from '../../src-preload/contract/sites.ts';
import type { Credential } from '../backend/credential.ts';
import type { Probed } from '../backend/probe.ts';
import type { Route } from '../backend/route.ts';
import type { LoginOutcome, PasswordDoor } from '../backend/webserver.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** A step that is not taken for so long is given up, and the password forgotten. */
const attemptMs = 10 * 60_000;

export interface Way {
  readonly probed: Probed;
  readonly route: Route;
}

export type SignInOutcome =
  | { readonly kind: 'in'; readonly credential: Credential; readonly username: string; readonly way: Way }
  | { readonly kind: 'step'; readonly step: Exclude<SignInStep, { step: 'done' }> };

interface Attempt {
  readonly id: string;
  readonly way: Way;
  readonly door: PasswordDoor;
  readonly username: string;
  readonly domain: string;
  password: string;
  force: boolean;
  /** Stands for the account while it sets up a second factor. */
  enrolment: { token: string; secret: string | null; uri: string | null } | null;
  timer: Disposable | null;
}

export class SignIns implements Disposable {
  readonly #clock: Clock;
  readonly #redact: (secret: string) => void;
  readonly #attempts = new Map<string, Attempt>();

  constructor(clock: Clock, redact: (secret: string) => void) {
    this.#clock = clock;
    this.#redact = redact;
  }

  /** Takes the door over. Throws BerthError for a refusal. */
  async begin(
    way: Way,
    door: PasswordDoor,
    person: { username: string; password: string; domain: string },
    signal?: AbortSignal,
  ): Promise<SignInOutcome> {
    this.#redact(person.password);
    const attempt: Attempt = {
      id: randomUUID(),
      way,
      door,
      ...person,
      force: false,
      enrolment: null,
      timer: null,
    };
    this.#attempts.set(attempt.id, attempt);
    try {
      return await this.#login(attempt, undefined, signal);
    } catch (error) {
      this.cancel(attempt.id);
      throw error;
    }
  }

  /** Throws BerthError `cancelled` when the attempt was given up, or for a refusal; it may then be replied to again. */
  async reply(reply: SignInReply, signal?: AbortSignal): Promise<SignInOutcome> {
    const attempt = this.#attempts.get(reply.attempt);
    if (attempt === undefined) throw new BerthError('cancelled', { place: 'computer', retry: 'user' });
    switch (reply.reply) {
      case 'code':
        return await this.#login(attempt, reply.code, signal);
      case 'force':
        attempt.force = true;
        return await this.#login(attempt, undefined, signal);
      case 'new-password':
        return await this.#changePassword(attempt, reply.password, signal);
      case 'enrolled':
        return await this.#finishEnrolment(attempt, reply.code, signal);
    }
  }

  cancel(id: string): void {
    const attempt = this.#attempts.get(id);
    if (attempt === undefined) return;
    this.#attempts.delete(id);
    void attempt.timer?.dispose();
    attempt.password = '';
    attempt.door.dispose();
  }

  dispose(): void {
    for (const id of [...this.#attempts.keys()]) this.cancel(id);
  }

  async #login(attempt: Attempt, code: string | undefined, signal?: AbortSignal): Promise<SignInOutcome> {
    const { username, password, domain, force, door } = attempt;
    const outcome = await door.login({ username, password, domain, code, force }, signal);
    return await this.#next(attempt, outcome, signal);
  }

  async #next(attempt: Attempt, outcome: LoginOutcome, signal?: AbortSignal): Promise<SignInOutcome> {
    switch (outcome.kind) {
      case 'in': {
        const { username, way } = attempt;
        this.cancel(attempt.id);
        return { kind: 'in', credential: outcome.credential, username, way };
      }
      case 'code':
        return this.#step(attempt, { step: 'code', attempt: attempt.id, wrong: outcome.wrong });
      case 'password-expired':
        return this.#step(attempt, { step: 'new-password', attempt: attempt.id, refused: null });
      case 'elsewhere':
        return this.#step(attempt, { step: 'elsewhere', attempt: attempt.id });
      case 'enrolment': {
        const key = outcome.token === null ? null : await attempt.door.startEnrolment(outcome.token, signal);
        attempt.enrolment = { token: outcome.token ?? '', secret: key?.secret ?? null, uri: key?.uri ?? null };
        if (key !== null) this.#redact(key.secret);
        return this.#enrolmentStep(attempt, false);
      }
      case 'refused':
        throw outcome.error;
    }
  }

  async #changePassword(attempt: Attempt, next: string, signal?: AbortSignal): Promise<SignInOutcome> {
    this.#redact(next);
    const { username, domain, password: current } = attempt;
    const refused = await attempt.door.changePassword({ username, domain, current, next }, signal);
    if (refused !== null) return this.#step(attempt, { step: 'new-password', attempt: attempt.id, refused });
    attempt.password = next;
    return await this.#login(attempt, undefined, signal);
  }

  async #finishEnrolment(attempt: Attempt, code: string, signal?: AbortSignal): Promise<SignInOutcome> {
    const token = attempt.enrolment?.token ?? '';
    if (!(await attempt.door.finishEnrolment(token, code, signal))) return this.#enrolmentStep(attempt, true);
    attempt.enrolment = null;
    const outcome = await attempt.door.login({ ...attempt, code }, signal);
    // A site takes each code once: the next one is asked for, and the used one was not wrong.
    return await this.#next(attempt, outcome.kind === 'code' ? { kind: 'code', wrong: false } : outcome, signal);
  }

  #enrolmentStep(attempt: Attempt, wrong: boolean): SignInOutcome {
    const { secret = null, uri = null } = attempt.enrolment ?? {};
    return this.#step(attempt, { step: 'enrol', attempt: attempt.id, secret, uri, wrong });
  }

  #step(attempt: Attempt, step: Exclude<SignInStep, { step: 'done' }>): SignInOutcome {
    void attempt.timer?.dispose();
    attempt.timer = this.#clock.after(attemptMs, () => this.cancel(attempt.id));
    return { kind: 'step', step };
  }
}
