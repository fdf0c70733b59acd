/** Opens a terminal's shell on the session's SSH connection: in tmux where there is one, else plain. */
import type { TerminalInput } from '../../src-preload/contract/terminals.ts';
import type { Clock } from '../base/clock.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { MarkFinder } from './mark-finder.ts';
import { type Shell, type Size, sshShell } from './shell.ts';
import { attachCommand, historyMark, probeCommand, readProbe, type TmuxProbe } from './tmux.ts';

/** A container under load answers late; without an answer a plain shell is better than none. */
const probeTimeoutMs = 10_000;
/** Start-up files of the shell may print around the answer, even without end. */
const maxProbeLength = 64 * 1024;

export interface OpenedShell {
  readonly shell: Shell;
  readonly isTmux: boolean;
  /** It was there before. */
  readonly isKept: boolean;
  /** Of the history that comes first; null: none comes. */
  readonly mark: MarkFinder | null;
}

/**
 * @param withTmux false once tmux was seen not to work here
 * @throws BerthError when the connection ends, or the server refuses a session
 */
export async function openOverSsh(
  connection: SshConnection,
  input: TerminalInput,
  size: Size,
  withTmux: boolean,
  clock: Clock,
): Promise<OpenedShell> {
  const probe = withTmux ? await probeTmux(connection, input, clock) : { tmux: null, isKept: false };
  const { tmux, isKept } = probe;
  const history = isKept ? input.history : 0;
  const { sessionId, terminalId } = input;
  const channel = tmux
    ? await connection.exec(attachCommand({ tmux, sessionId, terminalId, history, rows: size.rows }), size)
    : await connection.shell(size);
  return {
    shell: sshShell(channel, () => connection.isDead),
    isTmux: tmux !== null,
    isKept,
    mark: history > 0 ? new MarkFinder(historyMark) : null,
  };
}

async function probeTmux(connection: SshConnection, input: TerminalInput, clock: Clock): Promise<TmuxProbe> {
  const command = probeCommand(input.sessionId, input.terminalId);
  return readProbe((await collect(connection, command, maxProbeLength, probeTimeoutMs, clock)).text);
}

/** What a command prints, up to a limit of characters and of time. */
export async function collect(
  connection: SshConnection,
  command: string,
  maxLength: number,
  timeoutMs: number,
  clock: Clock,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const asked = await connection.exec(command);
  let isWhole = true;
  const timer = clock.after(timeoutMs, () => {
    isWhole = false;
    asked.destroy();
  });
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  try {
    for await (const chunk of asked as AsyncIterable<Buffer>) {
      const part = decoder.decode(chunk, { stream: true });
      parts.push(part);
      length += part.length;
      if (length > maxLength) {
        isWhole = false;
        break;
      }
    }
  } catch (error) {
    // Cut off by the timer: no answer is an answer. A lost link ends the question.
    if (connection.isDead) throw error;
  } finally {
    void timer.dispose();
  }
  return { text: parts.join(''), isWhole };
}
