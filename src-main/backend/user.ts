/** What the site keeps for its user (API reference, section 10.1). */
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import { readIdentity } from './account-wire.ts';
import type { Dotfile, Identity, UserApi } from './api/user-api.ts';
import type { SiteClient } from './site-client.ts';
import type { Can } from './version-gates.ts';
import { nullableText } from './wire.ts';

const PublicKey = z.object({ ssh_public_key: nullableText });
const Keypair = z.object({ ssh_public_key: z.string(), ssh_private_key: z.string() });
const Script = z.union([z.string(), z.object({ script: z.string() }).transform(({ script }) => script)]);
const DotfileRow = z.object({
  path: z.string(),
  data: z.string().catch(''),
  permission: z.union([z.string(), z.number().transform(String)]).catch('755'),
});
const AnnouncementBody = z.object({ enabled: z.boolean().catch(false), message: nullableText });

/** @param remember is told every identity that was read */
export function user(client: SiteClient, can: Can, remember: (identity: Identity) => void): UserApi {
  const identity = async (signal?: AbortSignal) => {
    const fresh = await readIdentity(client, signal);
    remember(fresh);
    return fresh;
  };
  const dotfiles = async (signal?: AbortSignal): Promise<Dotfile[]> => {
    const rows = await client.json('/user-config/dotfiles', z.array(z.unknown()), { signal });
    return rows.flatMap((row) => {
      const parsed = DotfileRow.safeParse(row);
      return parsed.success ? [parsed.data] : [];
    });
  };

  return {
    identity,

    async sshPublicKey(signal) {
      return (await client.json('/auth/ssh-keypair', PublicKey, { signal })).ssh_public_key;
    },

    async generateSshKeypair(signal) {
      const pair = await client.json('/auth/ssh-keypair', Keypair, { method: 'PATCH', json: {}, signal });
      return { publicKey: pair.ssh_public_key, privateKey: pair.ssh_private_key };
    },

    async putSshKeypair({ publicKey, privateKey }, signal) {
      if (!can('ownSshKeypair')) {
        throw new BerthError('unsupported', { place: 'manager', params: { feature: 'ownSshKeypair' } });
      }
      const json = { pubkey: publicKey, privkey: privateKey };
      await client.raw('/auth/ssh-keypair', { method: 'POST', json, signal });
    },

    bootstrapScript: (signal) => client.json('/user-config/bootstrap-script', Script, { signal }),

    async setBootstrapScript(script, signal) {
      await client.raw('/user-config/bootstrap-script', { method: 'POST', json: { script }, idempotent: true, signal });
    },

    dotfiles,

    async putDotfile({ path, data, permission }, signal) {
      const exists = (await dotfiles(signal)).some((known) => known.path === path);
      const json = { path, data, permission };
      await client.raw('/user-config/dotfiles', { method: exists ? 'PATCH' : 'POST', json, signal });
    },

    async deleteDotfile(path, signal) {
      await client.raw('/user-config/dotfiles', { method: 'DELETE', query: { path }, signal });
    },

    async changePassword(oldPassword, newPassword, signal) {
      const json = { old_password: oldPassword, new_password: newPassword, new_password2: newPassword };
      await client.raw('/auth/update-password', { method: 'POST', json, signal });
    },

    async changeFullName(fullName, signal) {
      const { email } = await identity(signal);
      await client.raw('/auth/update-full-name', { method: 'POST', json: { email, full_name: fullName }, signal });
    },

    async announcement(signal) {
      const { enabled, message } = await client.json('/manager/announcement', AnnouncementBody, { signal });
      return enabled && message !== null ? { message } : null;
    },
  };
}
