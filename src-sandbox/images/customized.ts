/**
 * Images that users made of their sessions. They keep what a session was started from: a home is never part of an image.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Account } from '../auth/account.ts';
import { writePrivately } from '../write-privately.ts';
import type { Image } from './catalog.ts';

const Record = z.object({ id: z.string(), name: z.string(), ownerId: z.string(), email: z.string(), base: z.string() });
type Record = z.infer<typeof Record>;

export class CustomizedImages {
  private readonly file: string;
  private records: readonly Record[];

  private constructor(file: string, records: readonly Record[]) {
    this.file = file;
    this.records = records;
  }

  /** Throws when the list exists but cannot be read. */
  static async open(dataDir: string): Promise<CustomizedImages> {
    const file = join(dataDir, 'customized-images.json');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    return new CustomizedImages(file, z.array(Record).parse(JSON.parse(text)));
  }

  count(owner: Account): number {
    return this.records.filter(({ ownerId }) => ownerId === owner.userId).length;
  }

  /** Of the owner, those whose base is still on this site. */
  list(owner: Account, bases: readonly Image[]): readonly Image[] {
    return this.records.flatMap((record) => {
      const base = bases.find(({ reference }) => reference === record.base);
      return record.ownerId !== owner.userId || base === undefined ? [] : [customized(record, base)];
    });
  }

  /** One of the same name is replaced under its id, as a manager does. */
  async add(owner: Account, name: string, base: Image): Promise<void> {
    const isSame = (record: Record): boolean => record.ownerId === owner.userId && record.name === name;
    const id = this.records.find(isSame)?.id ?? randomUUID();
    const record = { id, name, ownerId: owner.userId, email: owner.email, base: base.baseReference };
    const next = [...this.records.filter((known) => !isSame(known)), record];
    await writePrivately(this.file, JSON.stringify(next, null, 2));
    this.records = next;
  }
}

function customized({ id, name, ownerId, email }: Record, base: Image): Image {
  const suffix = `customized_${id.replaceAll('-', '')}`;
  return {
    ...base,
    id,
    reference: `${base.reference}-${suffix}`,
    tag: `${base.tag}-${suffix}`,
    aliases: [],
    labels: {
      ...base.labels,
      'ai.backend.customized-image.owner': `user:${ownerId}`,
      'ai.backend.customized-image.name': name,
      'ai.backend.customized-image.id': id,
      'ai.backend.customized-image.user.email': email,
    },
  };
}
