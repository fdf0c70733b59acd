/** The command line for another SSH program, through Berth's own tunnel, with the host key that Berth pinned. */

export interface SshCommandParts {
  readonly user: string;
  readonly keyPath: string;
  readonly sessionId: string;
  readonly sessionName: string;
  /** Shell command that is the byte stream to the SSH server. */
  readonly proxyCommand: string;
  readonly knownHostsFile: string;
  readonly isPinned: boolean;
  readonly isWindows: boolean;
}

export function hostAlias(sessionId: string): string {
  return `berth-${sessionId}`;
}

/** What stays of a session's name in a file or host name. */
export function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[.-]+/, '') || 'session';
}

/** One word of a POSIX shell or of cmd.exe and PowerShell. */
function word(text: string, isWindows: boolean): string {
  if (/^[A-Za-z0-9_@+=:,./~-]+$/.test(text)) return text;
  return isWindows ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** OpenSSH reads a file list split at spaces, with % as a sign of its own. */
function fileOption(path: string): string {
  const escaped = path.replaceAll('%', '%%');
  return /\s/.test(escaped) ? `"${escaped}"` : escaped;
}

export function sshCommand(parts: SshCommandParts): string {
  const options = [
    'IdentitiesOnly=yes',
    `ProxyCommand=${parts.proxyCommand.replaceAll('%', '%%')}`,
    `UserKnownHostsFile=${fileOption(parts.knownHostsFile)}`,
    `HostKeyAlias=${hostAlias(parts.sessionId)}`,
    `StrictHostKeyChecking=${parts.isPinned ? 'yes' : 'accept-new'}`,
  ];
  return [
    'ssh',
    '-i',
    word(parts.keyPath, parts.isWindows),
    ...options.flatMap((option) => ['-o', word(option, parts.isWindows)]),
    word(`${parts.user}@${plainName(parts.sessionName)}`, parts.isWindows),
  ].join(' ');
}
