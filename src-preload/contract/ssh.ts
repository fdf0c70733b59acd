/** How other programs of this computer reach a session by SSH. */
import { z } from 'zod';
import { AccountId, Nothing, SessionRef, Uuid } from './common.ts';
import { call } from './verbs.ts';

/** How programs get at the key: they ask Berth to sign, or they read a file. */
export const SshKeyBy = z.enum(['agent', 'file']);
export type SshKeyBy = z.infer<typeof SshKeyBy>;

/** A session in the person's SSH configuration. */
export const SshEntry = z.strictObject({
  /** What to type after `ssh`. */
  alias: z.string(),
  /** `own`: the session holds no key for its person, who has one of their own. */
  keyBy: z.enum([...SshKeyBy.options, 'own']),
  /** Where the private key lies; null while Berth alone holds it. */
  keyFile: z.string().nullable(),
});
export type SshEntry = z.infer<typeof SshEntry>;

export const SshInfo = z.strictObject({
  user: z.string(),
  sessionName: z.string(),
  /** Ready to paste once the key is saved at `keyPath`. */
  command: z.string(),
  keyPath: z.string(),
  hostKeyFingerprint: z.string().nullable(),
  /** What the session is called in the configuration, or would be. */
  alias: z.string(),
  /** The person's own configuration file, which gets one line. */
  configFile: z.string(),
  entry: SshEntry.nullable(),
});
export type SshInfo = z.infer<typeof SshInfo>;

export const ssh = {
  info: call(SessionRef, SshInfo),
  /** Writes the private key with mode 0600. Refuses to replace a file unless `replace`; fails with `file-exists`. */
  saveKey: call(
    z.strictObject({ accountId: AccountId, sessionId: Uuid, path: z.string().min(1).max(4096), replace: z.boolean() }),
    z.strictObject({ path: z.string() }),
  ),
  /** Adds the session to the person's SSH configuration, or changes how its key is given. Fails with `ssh-config`. */
  add: call(z.strictObject({ accountId: AccountId, sessionId: Uuid, keyBy: SshKeyBy }), SshEntry),
  /** Takes it away again, with the last one everything that Berth put there. */
  remove: call(SessionRef, Nothing),
};
