/** The contract's `keys` area: the person's own SSH key of an account. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import { personPath } from '../base/person-path.ts';
import type { Handlers } from '../handlers.ts';
import type { Host } from '../hosts/host.ts';
import type { OwnKeys } from './own-keys.ts';

export function keysHandlers(own: OwnKeys, { folders }: Pick<Host, 'folders'>, home = homedir()): Handlers['keys'] {
  return {
    own: async ({ accountId }) => ({
      key: await own.describe(accountId),
      hasAgent: own.hasAgent,
      canPick: folders.pickFile !== null,
    }),
    pickFile: async () => {
      if (folders.pickFile === null) throw new BerthError('unsupported', { place: 'computer' });
      return { path: await folders.pickFile(join(home, '.ssh')) };
    },
    chooseFile: ({ accountId, path, passphrase }) => own.chooseFile(accountId, personPath(path, home), passphrase),
    chooseAgent: ({ accountId }) => own.chooseAgent(accountId),
    forget: async ({ accountId }) => {
      await own.forget(accountId);
      return undefined;
    },
  };
}
