/**
 * The sandbox's one account. Made at first start, kept in the data folder, readable by its owner only.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivately } from '../write-privately.ts';
import { generateSshKeyPair, type SshKeyPair } from './ssh-key.ts';

/** Names that are the same in every sandbox. */
export const domainName = 'default';
export const projectName = 'default';
export const resourceGroup = 'default';
export const email = 'user@sandbox.localhost';
export const fullName = 'Sandbox User';
/** Requests in 15 minutes, as in a manager's stock policy for users. */
export const rateLimit = 30_000;

interface Stored {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly password: string;
  readonly userId: string;
  readonly projectId: string;
  readonly createdAt: string;
  readonly ssh: SshKeyPair;
}

const upperAlphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function randomWord(length: number): string {
  return Array.from({ length }, () => upperAlphanumeric[randomInt(upperAlphanumeric.length)]).join('');
}

async function makeAccount(): Promise<Stored> {
  return {
    accessKey: `AKIA${randomWord(16)}`,
    secretKey: randomBytes(30).toString('base64url'),
    password: randomBytes(12).toString('base64url'),
    userId: randomUUID(),
    projectId: randomUUID(),
    createdAt: new Date().toISOString(),
    ssh: await generateSshKeyPair(email),
  };
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['accessKey', 'secretKey', 'password', 'userId', 'projectId', 'createdAt'] as const;
  const record = value as Record<string, unknown>;
  const ssh = record.ssh as Record<string, unknown> | undefined;
  return (
    texts.every((name) => typeof record[name] === 'string') &&
    typeof ssh?.privatePem === 'string' &&
    typeof ssh.publicLine === 'string'
  );
}

export class Account {
  private readonly file: string;
  private stored: Stored;

  private constructor(file: string, stored: Stored) {
    this.file = file;
    this.stored = stored;
  }

  /** Reads the account of a data folder, or makes it. Throws when the file exists but is not an account. */
  static async open(dataDir: string): Promise<Account> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const file = join(dataDir, 'account.json');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) {
      const stored = await makeAccount();
      await writePrivately(file, JSON.stringify(stored, null, 2));
      return new Account(file, stored);
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new Error(`${file} is not JSON. Move it away to let the sandbox make a new account.`, { cause });
    }
    if (!isStored(value)) {
      throw new Error(`${file} is not a sandbox account. Move it away to let the sandbox make a new one.`);
    }
    return new Account(file, value);
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
  get ssh(): SshKeyPair {
    return this.stored.ssh;
  }

  /** Replaces the SSH key pair; sessions that run keep the key they were started with. */
  async setSsh(ssh: SshKeyPair): Promise<void> {
    const next = { ...this.stored, ssh };
    await writePrivately(this.file, JSON.stringify(next, null, 2));
    this.stored = next;
  }

  async renewSsh(): Promise<SshKeyPair> {
    await this.setSsh(await generateSshKeyPair(email));
    return this.stored.ssh;
  }
}
