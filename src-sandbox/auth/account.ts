/**
 * One account of the sandbox. Made at first start, kept in the data folder, readable by its owner only.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivately } from '../write-privately.ts';
import type { Profile } from './profiles.ts';
import { RateLimit } from './rate-limit.ts';
import { generateSshKeyPair, type SshKeyPair } from './ssh-key.ts';
import { newTotpSecret } from './totp.ts';

/** A file that is put into the home of every session (API reference, 10.1). */
const Dotfile = z.object({ path: z.string(), permission: z.string(), data: z.string() });
export type Dotfile = z.infer<typeof Dotfile>;

const Stored = z.object({
  accessKey: z.string(),
  secretKey: z.string(),
  password: z.string(),
  userId: z.string(),
  /** Of the main account only: the id of the site's first project. */
  projectId: z.string(),
  createdAt: z.string(),
  ssh: z.object({ privatePem: z.string(), publicLine: z.string() }).nullable().default(null),
  totpSecret: z.string().nullable().default(null),
  passwordExpired: z.boolean().default(false),
  fullName: z.string().optional(),
  bootstrapScript: z.string().default(''),
  dotfiles: z.array(Dotfile).default([]),
});
type Stored = z.infer<typeof Stored>;

const upperAlphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function randomWord(length: number): string {
  return Array.from({ length }, () => upperAlphanumeric[randomInt(upperAlphanumeric.length)]).join('');
}

function make({ kind }: Profile): Stored {
  return {
    accessKey: `AKIA${randomWord(16)}`,
    secretKey: randomBytes(30).toString('base64url'),
    password: randomBytes(12).toString('base64url'),
    userId: randomUUID(),
    projectId: randomUUID(),
    createdAt: new Date().toISOString(),
    // Making one takes a tenth of a second, or seconds on a busy machine: it is made when it is asked for.
    ssh: null,
    totpSecret: kind === 'one-time-code' ? newTotpSecret() : null,
    passwordExpired: kind === 'expired-password',
    bootstrapScript: '',
    dotfiles: [],
  };
}

export class Account {
  readonly profile: Profile;
  readonly rate: RateLimit;
  private readonly file: string;
  private stored: Stored;
  private writing: Promise<void> = Promise.resolve();
  private makingSsh: Promise<SshKeyPair> | null = null;

  private constructor(profile: Profile, file: string, stored: Stored) {
    this.profile = profile;
    this.file = file;
    this.stored = stored;
    this.rate = new RateLimit(profile.rateLimit);
  }

  /** Reads the account of a data folder, or makes it. Throws when the file exists but is not an account. */
  static async open(dataDir: string, profile: Profile): Promise<Account> {
    const file = join(dataDir, profile.file);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) {
      const account = new Account(profile, file, make(profile));
      await account.change({});
      return account;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new Error(`${file} is not JSON. Move it away to let the sandbox make a new account.`, { cause });
    }
    const stored = Stored.safeParse(value);
    if (!stored.success) {
      throw new Error(`${file} is not a sandbox account. Move it away to let the sandbox make a new one.`);
    }
    return new Account(profile, file, stored.data);
  }

  get email(): string {
    return this.profile.email;
  }
  get fullName(): string {
    return this.stored.fullName ?? this.profile.fullName;
  }
  get accessKey(): string {
    return this.stored.accessKey;
  }
  get secretKey(): string {
    return this.stored.secretKey;
  }
  get password(): string {
    return this.stored.password;
  }
  get userId(): string {
    return this.stored.userId;
  }
  get projectId(): string {
    return this.stored.projectId;
  }
  get createdAt(): string {
    return this.stored.createdAt;
  }
  /** In base32; `null` while no one-time code is wanted. */
  get totpSecret(): string | null {
    return this.stored.totpSecret;
  }
  get mustEnrol(): boolean {
    return this.profile.kind === 'must-enrol' && this.stored.totpSecret === null;
  }
  get passwordExpired(): boolean {
    return this.stored.passwordExpired;
  }
  get bootstrapScript(): string {
    return this.stored.bootstrapScript;
  }
  get dotfiles(): readonly Dotfile[] {
    return this.stored.dotfiles;
  }

  /** Writes the change down before it counts; changes happen one after the other. */
  async change(
    change: Partial<Pick<Stored, 'ssh' | 'totpSecret' | 'password' | 'passwordExpired' | 'fullName'>> &
      Partial<Pick<Stored, 'bootstrapScript' | 'dotfiles'>>,
  ): Promise<void> {
    const writing = this.writing.then(async () => {
      const next = { ...this.stored, ...change };
      await writePrivately(this.file, JSON.stringify(next, null, 2));
      this.stored = next;
    });
    // Whoever asked for the change is told of its failure; the next change must not be.
    this.writing = writing.catch(() => undefined);
    await writing;
  }

  /** The SSH key pair, made when it is first asked for. */
  sshKey(): Promise<SshKeyPair> {
    if (this.stored.ssh !== null) return Promise.resolve(this.stored.ssh);
    this.makingSsh ??= this.renewSsh().finally(() => {
      this.makingSsh = null;
    });
    return this.makingSsh;
  }

  /** Makes a new SSH key pair; sessions that run keep the key they were started with. */
  async renewSsh(): Promise<SshKeyPair> {
    const ssh = await generateSshKeyPair(this.email);
    await this.change({ ssh });
    return ssh;
  }
}
