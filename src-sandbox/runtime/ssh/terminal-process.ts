/** A program on a real pseudo-terminal, with back-pressure both ways. */
import { constants } from 'node:os';
import type { IPty } from '@lydell/node-pty';
import { cleanCommand } from '../processes/clean-command.ts';

export interface TerminalStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  /** Called chunk by chunk; the next is not read from the terminal while too much waits here. */
  readonly write: (data: Buffer) => Promise<boolean>;
  /** After the last output was written. */
  readonly onExit: (code: number | null, signal: string | null) => void;
}

export interface TerminalProcess {
  readonly pid: number;
  /** @returns false when the caller should wait for {@link onceWritten}. */
  write(data: Buffer): boolean;
  onceWritten(listener: () => void): void;
  resize(cols: number, rows: number): void;
  signal(name: NodeJS.Signals): void;
  /** Closes the terminal: its programs get SIGHUP. */
  hangUp(): void;
}

/** Output that may wait for the channel before the terminal is paused; small, so that Ctrl-C acts soon. */
const pauseAboveBytes = 256 * 1024;
const resumeBelowBytes = 64 * 1024;
/** Keystrokes and pastes that may wait for the program to read them. */
const inputLimitBytes = 256 * 1024;

/** The part of node-pty's terminal that tells how much input still waits. */
interface WithSocket {
  _socket?: { writableLength: number; once(event: 'drain', listener: () => void): void };
}

/** @throws Error in words where the machine cannot give a pseudo-terminal. */
export async function startInTerminal(start: TerminalStart): Promise<TerminalProcess> {
  // Loaded late: its native part may be missing on a machine where everything else works.
  const { spawn } = await import('@lydell/node-pty').catch((error: unknown) => {
    throw new Error(
      `This computer's sandbox cannot open a terminal (no node-pty for ${process.platform}): ${String(error)}`,
    );
  });
  const command = cleanCommand(start.file, start.args);
  const pty = spawn(command.file, command.args, {
    name: start.environment.TERM ?? 'xterm-256color',
    cwd: start.cwd,
    cols: start.cols,
    rows: start.rows,
    env: { ...start.environment },
    encoding: null,
  });
  const socket = (pty as unknown as WithSocket)._socket;
  let alive = true;
  let waitingBytes = 0;
  let paused = false;
  let lastWrite: Promise<unknown> = Promise.resolve();
  pty.onData((text) => {
    // With `encoding: null` these are bytes, whatever the declaration says.
    const data = Buffer.from(text as unknown as Uint8Array);
    waitingBytes += data.length;
    if (!paused && waitingBytes > pauseAboveBytes) {
      paused = true;
      pty.pause();
    }
    lastWrite = start.write(data).then(() => {
      waitingBytes -= data.length;
      if (paused && waitingBytes < resumeBelowBytes && alive) {
        paused = false;
        pty.resume();
      }
    });
  });
  pty.onExit(({ exitCode, signal }) => {
    alive = false;
    const name = signal ? signalName(signal) : null;
    void lastWrite.then(() => start.onExit(signal ? 128 + signal : exitCode, name));
  });
  return {
    pid: pty.pid,
    write: (data) => {
      if (!alive) return true;
      // Bytes again: node-pty hands them to the terminal as they are.
      pty.write(data as unknown as string);
      return (socket?.writableLength ?? 0) < inputLimitBytes;
    },
    onceWritten: (listener) => {
      if (socket) socket.once('drain', listener);
      else setImmediate(listener);
    },
    resize: (cols, rows) => {
      if (alive) pty.resize(cols, rows);
    },
    signal: (name) => {
      if (alive) signalGroup(pty, name);
    },
    hangUp: () => {
      if (!alive) return;
      if (paused) pty.resume();
      signalGroup(pty, 'SIGHUP');
      (pty as unknown as { destroy(): void }).destroy();
    },
  };
}

function signalName(signal: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === signal)?.[0] ?? null;
}

function signalGroup(pty: IPty, name: NodeJS.Signals): void {
  try {
    process.kill(-pty.pid, name);
  } catch {
    // The group is gone already.
  }
}
