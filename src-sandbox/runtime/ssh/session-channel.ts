/** One session channel of the built-in SSH server: shell or command, with or without a terminal, or SFTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import { cleanCommand } from '../processes/clean-command.ts';
import { ChannelOutput } from './channel-output.ts';
import { serveSftp } from './sftp-server.ts';
import { startInTerminal, type TerminalProcess } from './terminal-process.ts';

/** What a shell of the kernel is started with. */
export interface ShellSettings {
  readonly home: string;
  readonly shell: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Tells the runtime of each process started here. */
  readonly onProcess: (pid: number | undefined) => void;
  readonly log: (line: string) => void;
  /** False: ports are not forwarded. */
  readonly forwarding: boolean;
}

interface TerminalSize {
  term: string;
  cols: number;
  rows: number;
}

/** What the running program of the channel can be told. */
interface Program {
  signal(name: NodeJS.Signals): void;
  resize(cols: number, rows: number): void;
  hangUp(): void;
}

/** Sizes as a terminal can have them; 0 means "not known" in the protocol. */
function sizeOf(info: { cols: number; rows: number }): { cols: number; rows: number } {
  const bounded = (value: number, fallback: number): number => (value > 0 ? Math.min(value, 4096) : fallback);
  return { cols: bounded(info.cols, 80), rows: bounded(info.rows, 24) };
}

export function serveSession(session: Session, settings: ShellSettings): { hangUp(): void } {
  let terminal: TerminalSize | null = null;
  let program: Program | null = null;
  let output: ChannelOutput | null = null;
  const hangUp = (): void => {
    output?.abandon();
    program?.hangUp();
    program = null;
  };
  const run = (accept: () => ServerChannel, command: string | null): void => {
    const channel = accept();
    output = new ChannelOutput(channel);
    channel.on('error', (error: Error) => settings.log(`ssh: channel: ${error.message}`));
    if (terminal) {
      void runInTerminal(output, settings, terminal, command).then(
        (started) => {
          if (output?.isAbandoned) started.hangUp();
          else program = started;
        },
        (error: unknown) => fail(channel, settings, error),
      );
    } else {
      program = runOnPipes(output, settings, command);
    }
  };
  session.on('pty', (accept, _reject, info: PseudoTtyInfo) => {
    terminal = { term: info.term || 'xterm-256color', ...sizeOf(info) };
    accept?.();
  });
  session.on('window-change', (accept, _reject, info) => {
    const size = sizeOf(info);
    if (terminal) Object.assign(terminal, size);
    program?.resize(size.cols, size.rows);
    accept?.();
  });
  session.on('signal', (accept, reject, info) => {
    const name = `SIG${info.name.replace(/^SIG/, '')}`;
    if (!program || !isSignal(name)) {
      reject?.();
      return;
    }
    program.signal(name);
    accept?.();
  });
  session.on('shell', (accept) => run(accept, null));
  session.on('exec', (accept, _reject, info) => run(accept, info.command));
  // A `subsystem` listener and no `sftp` one gives the bare channel instead of ssh2's own SFTP object.
  session.on('subsystem', (accept: () => ServerChannel, reject: () => void, info: { name: string }) => {
    if (info.name !== 'sftp') {
      reject?.();
      return;
    }
    output = new ChannelOutput(accept());
    serveSftp(output, settings.home).catch((error: unknown) => settings.log(`sftp: ${String(error)}`));
  });
  session.on('close', hangUp);
  return { hangUp };
}

const signals: ReadonlySet<string> = new Set([
  ...['SIGABRT', 'SIGALRM', 'SIGFPE', 'SIGHUP', 'SIGILL', 'SIGINT', 'SIGKILL', 'SIGPIPE', 'SIGQUIT', 'SIGSEGV'],
  ...['SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGWINCH'],
]);

function isSignal(name: string): name is NodeJS.Signals {
  return signals.has(name);
}

/** The signals that SSH has names for (RFC 4254, 6.10); any other end is reported as the shells do, 128 + number. */
const sshSignals: ReadonlySet<string> = new Set(
  ['ABRT', 'ALRM', 'FPE', 'HUP', 'ILL', 'INT', 'KILL', 'PIPE', 'QUIT', 'SEGV', 'TERM', 'USR1', 'USR2'].map(
    (name) => `SIG${name}`,
  ),
);

function reportExit(channel: ServerChannel, code: number | null, signal: string | null): void {
  if (signal && sshSignals.has(signal)) channel.exit(signal, false, '');
  else channel.exit(code ?? 255);
}

function fail(channel: ServerChannel, settings: ShellSettings, error: unknown): void {
  const words = error instanceof Error ? error.message : String(error);
  settings.log(`ssh: ${words}`);
  channel.stderr.write(`${words}\r\n`);
  channel.exit(255);
  channel.end();
}

async function runInTerminal(
  output: ChannelOutput,
  settings: ShellSettings,
  size: TerminalSize,
  command: string | null,
): Promise<Program> {
  const { channel } = output;
  const program: TerminalProcess = await startInTerminal({
    file: settings.shell,
    args: command === null ? ['-l'] : ['-c', command],
    cwd: settings.home,
    environment: { ...settings.environment, TERM: size.term },
    cols: size.cols,
    rows: size.rows,
    write: (data) => output.write('stdout', data),
    onExit: (code, signal) => {
      reportExit(channel, code, signal);
      channel.end();
    },
  });
  settings.onProcess(program.pid);
  channel.on('data', (data: Buffer) => {
    if (program.write(data)) return;
    channel.pause();
    program.onceWritten(() => channel.resume());
  });
  return program;
}

function runOnPipes(output: ChannelOutput, settings: ShellSettings, command: string | null): Program {
  const { channel } = output;
  const { file, args } = cleanCommand(settings.shell, command === null ? ['-l'] : ['-c', command]);
  const child: ChildProcess = spawn(file, args, {
    cwd: settings.home,
    env: settings.environment,
    stdio: 'pipe',
    // A process group of its own, so that a signal reaches the command's children too.
    detached: true,
  });
  settings.onProcess(child.pid);
  child.once('error', (error) => fail(channel, settings, error));
  const { stdin, stdout, stderr } = child;
  // The command may end before it read all of its input; that is its business.
  stdin?.on('error', () => channel.resume());
  if (stdin) channel.pipe(stdin);
  const pumped = Promise.all([pump(stdout, output, 'stdout'), pump(stderr, output, 'stderr')]);
  child.once('exit', (code, signal) => {
    void pumped.then(() => {
      reportExit(channel, code, signal);
      channel.end();
    });
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      settings.log(`ssh: signal ${name}: ${String(error)}`);
    }
  };
  return {
    signal,
    resize: () => {},
    // As OpenSSH does: the pipes break, the command is not signalled.
    hangUp: () => {
      stdin?.destroy();
      stdout?.destroy();
      stderr?.destroy();
    },
  };
}

async function pump(from: Readable | null, output: ChannelOutput, to: 'stdout' | 'stderr'): Promise<void> {
  if (!from) return;
  try {
    for await (const chunk of from) if (!(await output.write(to, chunk as Buffer))) break;
  } catch {
    // Destroyed by hangUp: the channel is gone, nobody is left to tell.
  }
}
