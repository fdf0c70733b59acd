/** The name of one shell of a window; kept with the layout over a reload, so that the same tmux session is found again. */
export function newTerminalId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
