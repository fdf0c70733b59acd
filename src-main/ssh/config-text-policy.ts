/** Berth's own part of an SSH configuration: one `Host` block a session. Pure. */
import { pathArgument } from './include-policy.ts';
import { hostAlias } from './ssh-command.ts';

export interface EntryParts {
  readonly alias: string;
  readonly sessionId: string;
  readonly user: string;
  readonly knownHostsFile: string;
  /** The private key, or beside an agent the public one that it stands for; null: whatever keys the person has. */
  readonly identityFile: string | null;
  /** Socket or pipe of Berth's own agent; null: the key lies in `identityFile`. */
  readonly agent: string | null;
  /** Shell command that is the byte stream to the SSH server. */
  readonly proxyCommand: string;
}

export const configHeader =
  '# Berth writes this file, and takes it away with the last session in it. Changes are lost.\n';

/** The rest of its line is the command, as it stands; only % has a meaning of its own. */
function commandValue(command: string): string {
  // SECURITY: a folder's name cannot begin a line of its own ('names cannot inject' in host-names-policy.test.ts).
  if (/\p{Cc}/u.test(command)) throw new Error('This command cannot stand in an SSH configuration');
  return command.replaceAll('%', '%%');
}

/**
 * What OpenSSH needs to know of each session. Everything that decides about trust is said here, since the first value
 * counts and the person's own `Host *` comes after it.
 */
export function configText(entries: readonly EntryParts[], isWindows: boolean): string {
  const blocks = entries.map((entry) => {
    const name = hostAlias(entry.sessionId);
    const lines = [
      `HostName ${name}`,
      `User ${entry.user}`,
      'CanonicalizeHostname no',
      `ProxyCommand ${commandValue(entry.proxyCommand)}`,
      // SECURITY: the pinned key and no other one ('another host key blocks' in other-programs.itest.ts).
      `HostKeyAlias ${name}`,
      `UserKnownHostsFile ${pathArgument(entry.knownHostsFile, isWindows)}`,
      'GlobalKnownHostsFile none',
      'StrictHostKeyChecking yes',
      'UpdateHostKeys no',
      'VerifyHostKeyDNS no',
      ...(entry.identityFile === null
        ? []
        : [
            `IdentityFile ${pathArgument(entry.identityFile, isWindows)}`,
            'IdentitiesOnly yes',
            `IdentityAgent ${entry.agent === null ? 'none' : pathArgument(entry.agent, isWindows)}`,
          ]),
      'PreferredAuthentications publickey',
      // What runs in a session must not sign with the person's other keys because of a general setting; `ssh -A` still can.
      'ForwardAgent no',
      'ForwardX11 no',
      'ServerAliveInterval 15',
    ];
    return `Host ${entry.alias}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  });
  return `${configHeader}\n${blocks.join('\n')}`;
}
