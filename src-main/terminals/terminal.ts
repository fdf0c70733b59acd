/**
 * One terminal of a window: a shell on the session's link, attached again when the link comes back. In tmux it is the
 * same shell; without it a new one, and the window is told.
 */
import type { TerminalControl, TerminalInput, TerminalNote } from '../../src-preload/contract/links.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { StreamPort } from '../handlers.ts';
import type { ChannelDuplex } from '../links/channel-duplex.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { OutputPump } from './output-pump.ts';
import { attachCommand, probeCommand, readProbe, type TmuxProbe } from './tmux.ts';

/** A container under load answers late; without an answer a plain shell is better than none. */
const probeTimeoutMs = 10_000;
/** Start-up files of the shell may print around the answer, even without end. */
const maxProbeLength = 64 * 1024;
/** tmux that ends this soon with an error never showed a shell: it does not work here. */
const brokenWithinMs = 1_500;

/** tmux that shows nothing for this long gets its keys all the same. */
const quietStartMs = 3_000;
/** Keys typed ahead of a shell that is just starting; more is a paste, which should be seen to be lost. */
const maxEarlyBytes = 4_096;

export type TerminalPort = StreamPort<TerminalControl, TerminalNote>;

export interface TerminalDeps {
  readonly links: LinksService;
  readonly clock: Clock;
}

export class Terminal {
  readonly #deps: TerminalDeps;
  readonly #input: TerminalInput;
  readonly #port: TerminalPort;
  readonly #use: SessionUse;
  readonly #pump: OutputPump;
  readonly #stopListening: () => void;
  #size: { cols: number; rows: number };
  #shell: ChannelDuplex | null = null;
  #attachingTo: SshConnection | null = null;
  /** The shell takes keys. */
  #isReady = false;
  /** Typed while the link is up and the shell is on its way. */
  #early: Uint8Array[] = [];
  #tmuxIsBroken = false;
  #isOver = false;

  constructor(deps: TerminalDeps, input: TerminalInput, port: TerminalPort) {
    this.#deps = deps;
    this.#input = input;
    this.#port = port;
    this.#size = { cols: input.cols, rows: input.rows };
    this.#use = deps.links.acquire(input, { kind: 'terminal' });
    this.#pump = new OutputPump({
      credit: () => (this.#isOver ? 0 : port.credit),
      send: (chunk) => port.send(chunk),
      pause: () => this.#shell?.pause(),
      resume: () => this.#shell?.resume(),
      clock: deps.clock,
    });
    port.onData((chunk) => this.#onInput(chunk));
    port.onControl((control) => this.#onControl(control));
    port.onCredit(() => this.#pump.flush());
    port.onClose(() => this.#end());
    this.#stopListening = this.#use.onChange(() => this.#onLink());
    this.#onLink();
    // Only to wake the link: how it goes comes through onChange.
    this.#use.ready().catch(() => undefined);
  }

  #onLink(): void {
    if (this.#isOver) return;
    const { state, since, nextTryAt, error } = this.#use.value;
    this.#port.note({ type: 'state', state, since, nextTryAt, ...(error ? { error } : {}) });
    const connection = this.#use.connection;
    if (!connection) this.#early = [];
    if (connection && !this.#shell && this.#attachingTo !== connection) {
      this.#attachingTo = connection;
      this.#attach(connection).catch((error: unknown) => this.#onAttachFailed(connection, error));
    }
    // An ended session or sign-out: nothing will come back.
    if (state === 'failed' && (error?.code === 'session-gone' || error?.code === 'signed-out')) {
      this.#finish(new BerthError(error.code, { place: error.place }));
    }
  }

  async #attach(connection: SshConnection): Promise<void> {
    const probe = this.#tmuxIsBroken ? { tmux: null, isKept: false } : await this.#probe(connection);
    if (this.#isOver || connection.isDead) return;
    const startedAt = this.#deps.clock.now();
    const size = this.#size;
    const shell = probe.tmux
      ? await connection.exec(attachCommand(probe.tmux, this.#input.sessionId, this.#input.terminalId), size)
      : await connection.shell(size);
    if (this.#isOver || connection.isDead) {
      shell.destroy();
      return;
    }
    this.#shell = shell;
    if (this.#size !== size) this.#resize();
    const announce = (): void => {
      if (this.#isReady || this.#shell !== shell || this.#isOver) return;
      this.#isReady = true;
      this.#attachingTo = null;
      this.#port.note({ type: 'attached', kept: probe.tmux !== null, resumed: probe.isKept });
      for (const chunk of this.#early.splice(0)) shell.write(chunk);
    };
    // tmux throws away what was typed before it took the terminal over; its first output comes after that.
    const quiet = this.#deps.clock.after(probe.tmux ? quietStartMs : 0, announce);
    if (!probe.tmux) announce();
    shell.on('data', (chunk: Buffer) => {
      announce();
      this.#pump.push(chunk);
    });
    shell.once('close', () => {
      void quiet.dispose();
      if (this.#shell !== shell) return;
      this.#shell = null;
      this.#isReady = false;
      this.#attachingTo = null;
      const failedAtOnce =
        probe.tmux !== null && shell.exitCode !== 0 && this.#deps.clock.now() - startedAt < brokenWithinMs;
      if (connection.isDead) {
        // The link's own state tells the window; a link that is up again already will not tell twice.
        if (this.#use.connection) this.#onLink();
      } else if (failedAtOnce && !probe.isKept) {
        this.#tmuxIsBroken = true;
        this.#onLink();
      } else this.#onExit(shell);
    });
  }

  async #probe(connection: SshConnection): Promise<TmuxProbe> {
    const asked = await connection.exec(probeCommand(this.#input.sessionId, this.#input.terminalId));
    const timer = this.#deps.clock.after(probeTimeoutMs, () => asked.destroy());
    let output = '';
    try {
      for await (const chunk of asked) {
        output += String(chunk);
        if (output.length > maxProbeLength) break;
      }
    } catch (error) {
      // Cut off by the timer: no answer is an answer. A lost link ends the attach.
      if (connection.isDead) throw error;
    } finally {
      void timer.dispose();
    }
    return readProbe(output);
  }

  #onAttachFailed(connection: SshConnection, error: unknown): void {
    if (this.#attachingTo === connection) this.#attachingTo = null;
    if (this.#isOver || connection.isDead) return;
    this.#finish(error);
  }

  #onExit(shell: ChannelDuplex): void {
    this.#pump.whenEmpty(() => {
      if (this.#isOver) return;
      this.#port.note({ type: 'exited', code: shell.exitCode });
      this.#finish();
    });
  }

  /** Ends the window's stream from this side. */
  #finish(error?: unknown): void {
    if (this.#isOver) return;
    this.#end();
    if (error === undefined) this.#port.close();
    else this.#port.close(error);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#pump.dispose();
    // In tmux this detaches; a plain shell gets its hang-up.
    this.#shell?.destroy();
    this.#shell = null;
    void this.#use.dispose();
  }

  #onInput(chunk: Uint8Array): void {
    const shell = this.#shell;
    if (shell && this.#isReady) {
      this.#use.touch();
      shell.write(chunk);
      return;
    }
    const early = this.#early.reduce((sum, part) => sum + part.length, 0);
    if (this.#use.connection && early + chunk.length <= maxEarlyBytes) {
      this.#early.push(chunk);
      return;
    }
    // The window knows from the state that keys go nowhere now; typing wakes a link that rests.
    if (this.#use.state === 'idle') this.#use.retry();
  }

  #onControl(control: TerminalControl): void {
    if (control.type === 'retry') {
      this.#use.retry();
      return;
    }
    this.#size = { cols: control.cols, rows: control.rows };
    this.#resize();
  }

  #resize(): void {
    this.#shell?.channel.setWindow(this.#size.rows, this.#size.cols, 0, 0);
  }
}
