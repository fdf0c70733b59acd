/** The person's own SSH key for an account, for sessions that hold none for it. Its text never reaches a window. */
import { z } from 'zod';
import { AccountId, AccountRef, Nothing } from './common.ts';
import { call } from './verbs.ts';

const keptIn = z.enum(['os', 'memory']);

export const OwnKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), type: z.string(), fingerprint: z.string(), keptIn }),
  z.strictObject({ kind: z.literal('agent'), keptIn }),
]);
export type OwnKey = z.infer<typeof OwnKey>;

export const keys = {
  own: call(
    AccountRef,
    z.strictObject({
      key: OwnKey.nullable(),
      /** An SSH agent of the person runs. */
      hasAgent: z.boolean(),
      /** Berth can ask for a file in the system's own dialog. */
      canPick: z.boolean(),
    }),
  ),
  /** The path of a file that the person picked; null: none. */
  pickFile: call(Nothing, z.strictObject({ path: z.string().nullable() })),
  /** Reads the file in the main process. Fails with `key-file`; its reason says when a passphrase is wanted. */
  chooseFile: call(
    z.strictObject({
      accountId: AccountId,
      path: z.string().min(1).max(4096),
      passphrase: z.string().min(1).max(1024).nullable(),
    }),
    OwnKey,
  ),
  chooseAgent: call(AccountRef, OwnKey),
  forget: call(AccountRef, Nothing),
};
