/**
 * The tokens of uploads and downloads: signed by the manager's side, trusted by the storage proxy (API reference, 7.3).
 * They are all that a client shows there, so they hold everything.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { sameSecret } from '../auth/signature.ts';

/** About a day, as real ones are valid. */
const lifetimeSeconds = 86_400;

const Transfer = z.object({
  op: z.enum(['upload', 'download']),
  volume: z.string(),
  vfid: z.string(),
  relpath: z.string(),
  /** Uploads: the id of the session and the size at which it is complete. */
  session: z.string().default(''),
  size: z.number().default(0),
  exp: z.number(),
});
export type Transfer = z.infer<typeof Transfer>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export class TransferTokens {
  /** Made anew at each start: no token outlives the sandbox. */
  private readonly secret = randomBytes(32);

  issue(transfer: Omit<Transfer, 'exp'>, now: number = Date.now()): string {
    const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...transfer, exp: Math.floor(now / 1000) + lifetimeSeconds })}`;
    return `${body}.${this.sign(body)}`;
  }

  /**
   * What the token allows; `null` when it is not one of ours or too old.
   * SECURITY: nothing of it is believed before its signature is checked (storage.test.ts, "believes no other token").
   */
  read(token: string, now: number = Date.now()): Transfer | null {
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (!sameSecret(this.sign(`${head}.${payload}`), signature)) return null;
    const read = Transfer.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return read.success && read.data.exp * 1000 > now ? read.data : null;
  }

  private sign(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('base64url');
  }
}
