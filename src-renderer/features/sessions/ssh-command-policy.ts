/** The SSH command with another key file than the one it was made for. */

/** One word of a POSIX shell, cmd.exe or PowerShell, as the main process quotes it. */
const identity = /^ssh -i (?:'[^']*'|"(?:\\.|[^"])*"|\\.|[^\s'"\\])+/;

const windowsPath = /^(?:[A-Za-z]:[\\/]|\\\\)/;

function word(path: string): string {
  if (/^[A-Za-z0-9_@+=:,./~-]+$/.test(path)) return path;
  return windowsPath.test(path) ? `"${path}"` : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** `path` is where the key was saved: absolute, of this computer. */
export function withKeyPath(command: string, path: string): string {
  return command.replace(identity, () => `ssh -i ${word(path)}`);
}
