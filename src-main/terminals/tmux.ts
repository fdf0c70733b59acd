/**
 * Commands that keep a shell alive across lost links: tmux, used as an invisible layer under the window's own
 * scrollback and keys. It runs as a server of its own, so neither the person's tmux nor the site's console sees it.
 */

import type { KeptShell } from '../../src-preload/contract/terminals.ts';

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
  // No alternate screen: what scrolls off goes to the window's own scrollback. Tc: colours unchanged. Ms: copies pass.
  ['set', '-g', 'terminal-overrides', String.raw`xterm*:Tc:smcup@:rmcup@:Ms=\E]52;%p1%s;%p2%s\007`],
  // `on`: programs inside may copy; the default takes it from tmux's own copy mode only. Nothing can be read back.
  ['set', '-s', 'set-clipboard', 'on'],
  // Programs that know of tmux wrap what is for the terminal. Since 3.3; older ones pass it always.
  ['set', '-gq', 'allow-passthrough', 'on'],
  // Since 3.4; a fixed place in the list, because this runs before every attach.
  ['set', '-sq', 'terminal-features[20]', 'xterm*:hyperlinks'],
  ['set', '-g', 'set-titles', 'on'],
  // A pane that nobody named is called after its machine, which tells nothing: then the program, which is what tmux calls
  // the window. Not the program as it is when the title is made: that may be one of the shell's helpers, and stay.
  ['set', '-g', 'set-titles-string', '#{?#{==:#{pane_title},#{host}},#{window_name},#{pane_title}}'],
  // tmux tells a new title with the next thing that happens, and after Ctrl-C nothing does: so something happens after a
  // second of silence. Since 2.6 a silence can be watched without a bell for it.
  ['set', '-gq', 'silence-action', 'none'],
  ['if', '-F', '#{==:#{silence-action},none}', 'setw -g monitor-silence 1'],
  // Without TMUX in its environment a person's own tmux starts inside.
  ['set', '-g', 'default-command', 'exec env -u TMUX -u TMUX_PANE "$SHELL" -l'],
];

/**
 * Ends what an attach shows of the past; the shell then waits for a line end before tmux starts. No program can print it there, since history
 * holds cells and colours only.
 */
export const historyMark = '\u001b]7791;berth\u0007';
/** A terminal that prints without end must not hold an attach up. */
const maxHistoryBytes = 8 * 1024 * 1024;

export interface AttachOptions {
  readonly tmux: string;
  readonly sessionId: string;
  readonly terminalId: string;
  /** Lines of the past to print first, followed by `historyMark`; 0: neither. */
  readonly history: number;
  readonly rows: number;
}

/** Attaches to the terminal's session, making it when it is not there; another window on it is detached. */
export function attachCommand({ tmux, sessionId, terminalId, history, rows }: AttachOptions): string {
  const command = [['start-server'], ...settings, ['new-session', '-A', '-D', '-s', sessionName(terminalId)]];
  const words = command.map((parts) => parts.map(quote).join(' ')).join(' \\; ');
  const past = history > 0 ? `${historyCommand({ tmux, sessionId, terminalId, history, rows })}; ` : '';
  return `${past}exec ${tmux} -L ${quote(socketName(sessionId))} -f /dev/null -2 -u ${words}`;
}

/**
 * Prints what scrolled away into a terminal that is reset first, and moves all of it above the screen, which tmux then
 * draws. Without any history the terminal is left as it is: line 0 would be of the screen.
 */
function historyCommand({ tmux, sessionId, terminalId, history, rows }: AttachOptions): string {
  const ask = `"${tmux}" -u -L "${socketName(sessionId)}"`;
  const target = `-t "=${sessionName(terminalId)}:"`;
  const script =
    `stty -echo 2>/dev/null; if [ "$(${ask} display-message -p ${target} "#{history_size}" 2>/dev/null || echo 0)" -gt 0 ]; then ` +
    `printf "\\033c"; ${ask} capture-pane -p -e -J -S -${history} -E -1 ${target} | tail -c ${maxHistoryBytes}; ` +
    `printf "\\033[m${'\\n'.repeat(rows - 1)}"; fi; printf "${historyMark.replace('\u001b', '\\033').replace('\u0007', '\\007')}"; read -r _`;
  return `sh -c ${quote(script)}`;
}

const markShell = 'berth-shell:';

/** Runs `script` with `$t` as the tmux that works, where there is one. */
function withTmux(script: string): string {
  return `sh -c ${quote(`for t in ${candidates.join(' ')}; do if "$t" -V >/dev/null 2>&1; then ${script}; break; fi; done`)}`;
}

/**
 * Lists the kept shells. Whether something runs in one is told by its terminal: the shell's own process group is in the
 * foreground only while it waits (proc(5), `tpgid`).
 */
export function listCommand(sessionId: string): string {
  const fields = '#{pane_pid} #{session_name} #{session_attached} #{session_created} #{pane_current_command}';
  return withTmux(
    `"$t" -u -L "${socketName(sessionId)}" list-panes -a -F "${fields}\u001f#{pane_title}\u001f#{host}" 2>/dev/null | ` +
      'while IFS= read -r line; do set -f; set -- $line; set -- $(sed "s/.*) //" "/proc/$1/stat" 2>/dev/null); ' +
      `if [ "$3:$6" = : ]; then w=unknown; elif [ "$3" = "$6" ]; then w=waits; else w=runs; fi; ` +
      `printf "%s\\n" "${markShell}$w $line"; done`,
  );
}

/** Ends a kept shell and what runs in it. */
export function endCommand(sessionId: string, terminalId: string): string {
  return withTmux(`"$t" -L "${socketName(sessionId)}" kill-session -t "=${sessionName(terminalId)}" 2>/dev/null`);
}

/** Forgets what scrolled away. */
export function clearCommand(sessionId: string, terminalId: string): string {
  return withTmux(`"$t" -L "${socketName(sessionId)}" clear-history -t "=${sessionName(terminalId)}:" 2>/dev/null`);
}

/** Prints all that a kept shell still knows, as plain text without colours; wrapped lines are joined. */
export function outputCommand(sessionId: string, terminalId: string): string {
  return withTmux(
    `"$t" -u -L "${socketName(sessionId)}" capture-pane -p -J -S - -E - -t "=${sessionName(terminalId)}:" 2>/dev/null`,
  );
}

/** Shells that wait for a command, for containers where the process table tells nothing. */
const shellNames: ReadonlySet<string> = new Set(['bash', 'zsh', 'sh', 'ash', 'dash', 'fish', 'ksh', 'tcsh']);
const maxTextLength = 256;

/** Reads `listCommand`'s answer; lines that are not of it are left out. */
export function readList(output: string): KeptShell[] {
  const shells: KeptShell[] = [];
  for (const line of output.split(/\r?\n/)) {
    if (!line.startsWith(markShell)) continue;
    const [facts = '', title = '', host = ''] = line.slice(markShell.length).split('\u001f');
    const [, works, name, attached, created, program] =
      /^(runs|waits|unknown) \d+ berth-([a-z0-9]{4,32}) (\d+) (\d{1,12}) (.*)$/.exec(facts) ?? [];
    if (name === undefined || program === undefined) continue;
    const isBusy = works === 'runs' || (works === 'unknown' && !shellNames.has(program.replace(/^-/, '')));
    shells.push({
      terminalId: name,
      isShown: attached !== '0',
      program: isBusy ? program.slice(0, maxTextLength) : null,
      title: title === host ? '' : title.slice(0, maxTextLength),
      createdAt: new Date(Number(created) * 1000).toISOString(),
    });
  }
  return shells.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}
