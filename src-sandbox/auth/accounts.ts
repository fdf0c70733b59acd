/**
 * All accounts of the sandbox.
 */
import { mkdir } from 'node:fs/promises';
import { Account } from './account.ts';
import { profiles } from './profiles.ts';
import type { KeyRing } from './verify.ts';

export class Accounts implements KeyRing<Account> {
  readonly main: Account;
  readonly all: readonly Account[];

  private constructor(main: Account, others: readonly Account[]) {
    this.main = main;
    this.all = [main, ...others];
  }

  /** Reads or makes the accounts of a data folder. Throws when a file there is no account. */
  static async open(dataDir: string): Promise<Accounts> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const [first, ...rest] = profiles;
    const [main, ...others] = await Promise.all([
      Account.open(dataDir, first),
      ...rest.map((profile) => Account.open(dataDir, profile)),
    ]);
    return new Accounts(main, others);
  }

  byKey(accessKey: string): Account | null {
    return this.all.find((account) => account.accessKey === accessKey) ?? null;
  }

  byEmail(email: string): Account | null {
    return this.all.find((account) => account.email === email) ?? null;
  }

  byUserId(userId: string): Account | null {
    return this.all.find((account) => account.userId === userId) ?? null;
  }
}
