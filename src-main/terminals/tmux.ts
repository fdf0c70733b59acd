/**
 * Commands that keep a shell alive across lost links: tmux, used as an invisible layer under the window's own
 * scrollback and keys. It runs as a server of its own, so neither the person's tmux nor the site's console sees it.
 */

/** Where Backend.AI puts its own build; it is not always in the PATH. */
const candidates = ['tmux', '/opt/kernel/tmux'] as const;

/**
 * One server a session of the site: in the local sandbox all sessions share one /tmp, and a shell must not start in
 * another session's server, with its home and its end.
 */
function socketName(sessionId: string): string {
  return `berth-${sessionId}`;
}

const markFound = 'berth-tmux:';
const markKept = 'berth-kept';

/** Single quotes for any POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function sessionName(terminalId: string): string {
  return `berth-${terminalId}`;
}

export interface TmuxProbe {
  /** Command to run, null: there is none that works. */
  readonly tmux: string | null;
  /** The terminal's shell is still there. */
  readonly isKept: boolean;
}

/** Asks for tmux in the container and for this terminal's session in it. */
export function probeCommand(sessionId: string, terminalId: string): string {
  const quoted = `"${socketName(sessionId)}"`;
  const script =
    `for t in ${candidates.join(' ')}; do if "$t" -V >/dev/null 2>&1; then echo "${markFound}$t"; ` +
    `"$t" -L ${quoted} has-session -t "=${sessionName(terminalId)}" >/dev/null 2>&1 && echo ${markKept}; break; fi; done`;
  return `sh -c ${quote(script)}`;
}

/** Start-up files of the login shell may print around the answer. */
export function readProbe(output: string): TmuxProbe {
  const lines = output.split(/\r?\n/);
  const found = lines.findLast((line) => line.startsWith(markFound))?.slice(markFound.length);
  const tmux = candidates.find((candidate) => candidate === found) ?? null;
  return { tmux, isKept: tmux !== null && lines.includes(markKept) };
}

/** Runs before every attach; the same values again change nothing. */
const settings: readonly (readonly string[])[] = [
  ['set', '-g', 'status', 'off'],
  ['set', '-g', 'mouse', 'off'],
  // Every key belongs to the program in the terminal.
  ['set', '-g', 'prefix', 'None'],
  ['set', '-g', 'prefix2', 'None'],
  ['set', '-s', 'escape-time', '0'],
  ['set', '-g', 'history-limit', '50000'],
  ['set', '-g', 'default-terminal', 'screen-256color'],
  // No alternate screen: what scrolls off goes to the window's own scrollback. Tc: colours unchanged.
  ['set', '-g', 'terminal-overrides', 'xterm*:Tc:smcup@:rmcup@'],
  // Without TMUX in its environment a person's own tmux starts inside.
  ['set', '-g', 'default-command', 'exec env -u TMUX -u TMUX_PANE "$SHELL" -l'],
];

/** Attaches to the terminal's session, making it when it is not there; another window on it is detached. */
export function attachCommand(tmux: string, sessionId: string, terminalId: string): string {
  const command = [['start-server'], ...settings, ['new-session', '-A', '-D', '-s', sessionName(terminalId)]];
  const words = command.map((parts) => parts.map(quote).join(' ')).join(' \\; ');
  return `exec ${tmux} -L ${quote(socketName(sessionId))} -f /dev/null -2 -u ${words}`;
}
