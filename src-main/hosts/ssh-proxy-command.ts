/** The command that ssh runs (`ProxyCommand`) to reach a session through the Berth that runs. Pure. */

/** One word of a POSIX shell, or of cmd.exe on Windows. */
function shellWord(text: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return /^[\w:\\./-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
  return /^[\w@+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** @param node the Node program; `script` is the built `ssh-proxy.js` */
export function sshProxyCommand(
  node: string,
  script: string,
  dataDir: string,
  ref: { readonly accountId: string; readonly sessionId: string },
  platform: NodeJS.Platform = process.platform,
): string {
  return [node, script, '--data-dir', dataDir, ref.accountId, ref.sessionId]
    .map((text) => shellWord(text, platform))
    .join(' ');
}
