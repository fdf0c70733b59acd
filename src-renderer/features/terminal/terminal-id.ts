/** The name of this window's shell, kept across a reload so that the same tmux session is found again. */

const keyOf = (sessionId: string) => `berth.terminal.${sessionId}`;

function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function terminalIdFor(sessionId: string): string {
  try {
    const known = sessionStorage.getItem(keyOf(sessionId));
    if (known && /^[a-z0-9]{4,32}$/.test(known)) return known;
    const made = makeId();
    sessionStorage.setItem(keyOf(sessionId), made);
    return made;
  } catch {
    // Storage switched off: a reload then opens another shell.
    return makeId();
  }
}
