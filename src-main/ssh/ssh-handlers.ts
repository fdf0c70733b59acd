/** The contract's `ssh` area: how other programs reach a session, and the key for them. */
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { personPath } from '../base/person-path.ts';
import type { Handlers } from '../handlers.ts';
import { sshUser } from '../links/link-policy.ts';
import type { LinksService } from '../links/links-service.ts';
import { writeKeyFile } from './key-file.ts';
import { plainName, sshCommand } from './ssh-command.ts';
import type { SshEntries } from './ssh-entries.ts';

export interface SshDeps {
  readonly links: LinksService;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  /** Shell command whose standard input and output are the byte stream to the session's SSH server. */
  readonly proxyCommand: (accountId: string, sessionId: string) => string;
  readonly entries: SshEntries;
  readonly home: string;
  readonly isWindows: boolean;
}

export function sshHandlers(deps: SshDeps): Handlers['ssh'] {
  const { home, isWindows, entries } = deps;
  return {
    info: async ({ accountId, sessionId }) => {
      const siteId = deps.accounts.site(accountId).id;
      const sessionName = deps.known.get(accountId, sessionId)?.name ?? sessionId;
      const keyPath = `~/.ssh/berth_${plainName(sessionName)}`;
      const { file, isPinned } = await entries.pins.write({ accountId, sessionId });
      return {
        user: sshUser,
        sessionName,
        command: sshCommand({
          user: sshUser,
          // cmd.exe does not know the tilde.
          keyPath: isWindows ? personPath(keyPath, home) : keyPath,
          sessionId,
          sessionName,
          proxyCommand: deps.proxyCommand(accountId, sessionId),
          knownHostsFile: file,
          isPinned,
          isWindows,
        }),
        keyPath,
        hostKeyFingerprint: deps.links.hostKeys.fingerprint(siteId, sessionId),
        alias: await entries.alias({ accountId, sessionId }, sessionName),
        configFile: entries.files.configFile,
        entry: entries.entry({ accountId, sessionId }),
      };
    },
    saveKey: async ({ accountId, sessionId, path, replace }, { signal }) => {
      const target = personPath(path, home);
      await writeKeyFile(target, await deps.links.key({ accountId, sessionId }, signal), replace);
      return { path: target };
    },
    add: async ({ accountId, sessionId, keyBy }, { signal }) => entries.add({ accountId, sessionId }, keyBy, signal),
    remove: async ({ accountId, sessionId }) => {
      await entries.remove({ accountId, sessionId });
      return undefined;
    },
  };
}
