/**
 * One terminal of a window: a shell on the session's link, attached again when the link comes back. In tmux it is the
 * same shell; without it a new one, and the window is told. Where there is no SSH server, the site's own console.
 */

import type { ShellKind, TerminalControl, TerminalInput, TerminalNote } from '../../src-preload/contract/terminals.ts';
import { inputAckBytes } from '../../src-preload/contract/terminals.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { StreamPort } from '../handlers.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { Arrivals } from './arrivals.ts';
import { ConsoleWay } from './console-way.ts';
import { passOnOutput } from './first-output.ts';
import { HandOver } from './hand-over.ts';
import { OutputPump } from './output-pump.ts';
import { RecentOutput } from './recent-output.ts';
import type { Shell, ShellEnd } from './shell.ts';
import { type OpenedShell, openOverSsh } from './ssh-way.ts';
import { clearCommand } from './tmux.ts';

/** tmux that ends this soon with an error never showed a shell: it does not work here. */
const brokenWithinMs = 1_500;
/** Keys typed ahead of a shell that is just starting; more is a paste, which should be seen to be lost. */
const maxEarlyBytes = 4_096;
/** Ctrl-C and Ctrl-backslash. */
const interrupts = [3, 28];

export type TerminalPort = StreamPort<TerminalControl, TerminalNote>;

export interface TerminalDeps {
  readonly links: LinksService;
  readonly clock: Clock;
}

export class Terminal {
  readonly #deps: TerminalDeps;
  readonly #input: TerminalInput;
  readonly #onOver: () => void;
  /** Of a shell that tmux does not keep, which could not be asked for its past. */
  readonly #past = new RecentOutput();
  #port: TerminalPort;
  readonly #use: SessionUse;
  readonly #pump: OutputPump;
  readonly #arrivals: Arrivals;
  readonly #stopListening: () => void;
  #size: { cols: number; rows: number };
  #shell: Shell | null = null;
  #attachingTo: SshConnection | null = null;
  #console: ConsoleWay | null = null;
  /** The shell takes keys. */
  #isReady = false;
  #isTmux = false;
  /** Typed while the link is up and the shell is on its way. */
  #early: { readonly chunk: Uint8Array; readonly end: number }[] = [];
  /** Input that was taken and not told of yet. */
  #takenBytes = 0;
  #tmuxIsBroken = false;
  #handOver: HandOver | null = null;
  #isOver = false;

  constructor(deps: TerminalDeps, input: TerminalInput, port: TerminalPort, onOver: () => void = () => undefined) {
    this.#deps = deps;
    this.#input = input;
    this.#onOver = onOver;
    this.#port = port;
    this.#size = { cols: input.cols, rows: input.rows };
    this.#use = deps.links.acquire(input, { kind: 'terminal' });
    this.#pump = new OutputPump({
      credit: () => (this.#isOver ? 0 : this.#port.credit),
      send: (chunk) => this.#port.send(chunk),
      skipped: (bytes) => this.#onSkipped(bytes),
      pause: () => this.#shell?.pause(),
      resume: () => {
        if (this.#handOver?.isOver !== false) this.#shell?.resume();
      },
      clock: deps.clock,
    });
    this.#arrivals = new Arrivals((bytes) => this.#port.note({ type: 'arrived', bytes }), deps.clock);
    this.#listen(port);
    this.#stopListening = this.#use.onChange(() => this.#onLink());
    this.#onLink();
    // Only to wake the link: how it goes comes through onChange.
    this.#use.ready().catch(() => undefined);
  }

  /**
   * Goes on in another window, with what was printed lately, where the shell would end with this one. False: it would not,
   * since tmux keeps it, or there is none; then the other window attaches by itself.
   */
  handOver(input: TerminalInput, port: TerminalPort): boolean {
    const shell = this.#shell;
    const isOnItsWay = this.#handOver?.isOver === false;
    if (this.#isOver || !shell || this.#isTmux || !(this.#isReady || isOnItsWay)) return false;
    const before = this.#port;
    this.#port = port;
    before.note({ type: 'moved' });
    before.close();
    this.#letGo();
    this.#pump.reset();
    this.#listen(port);
    const { state, since, nextTryAt } = this.#console ? consoleUp(this.#deps.clock) : this.#use.value;
    port.note({ type: 'state', state, since, nextTryAt });
    shell.pause();
    this.#shell = shell;
    this.#takenBytes = 0;
    this.#arrivals.restart();
    this.#early = this.#early.map(({ chunk }) => ({ chunk, end: 0 }));
    const handOver = new HandOver({
      wholeCredit: port.credit,
      credit: () => port.credit,
      queuedBytes: () => this.#pump.queuedBytes,
      onDrawn: () => {
        this.#announce(shell, this.#console ? 'console' : 'shell', true);
        if (!this.#pump.isPaused) shell.resume();
      },
      clock: this.#deps.clock,
    });
    this.#handOver = handOver;
    this.#size = { cols: input.cols, rows: input.rows };
    // A program that fills the screen draws all of it anew upon a change of size only.
    if (this.#past.isCut) shell.resize({ cols: input.cols, rows: Math.max(1, input.rows - 1) });
    shell.resize(this.#size);
    this.#pump.push(this.#past.bytes());
    handOver.look();
    return true;
  }

  /** Another window shows this shell now, by itself. */
  leave(): void {
    if (this.#isOver) return;
    this.#port.note({ type: 'moved' });
    this.#finish();
  }

  #listen(port: TerminalPort): void {
    // A port that was handed on says nothing any more.
    const mine =
      <A extends readonly unknown[]>(act: (...args: A) => void) =>
      (...args: A): void => {
        if (this.#port === port) act(...args);
      };
    port.onData(mine((chunk) => this.#onInput(chunk)));
    port.onControl(mine((control) => this.#onControl(control)));
    port.onCredit(
      mine(() => {
        this.#pump.credited();
        this.#handOver?.look();
      }),
    );
    port.onClose(mine(() => this.#end()));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  #onLink(): void {
    if (this.#isOver) return;
    const { state, since, nextTryAt, error } = this.#use.value;
    // An ended session or sign-out: nothing will come back, on no way.
    const isGone = state === 'failed' && (error?.code === 'session-gone' || error?.code === 'signed-out');
    if (this.#console && !isGone) return;
    if (state === 'failed' && error?.code === 'no-ssh-service') {
      this.#goToConsole(new BerthError(error.code, { place: error.place }));
      return;
    }
    this.#port.note({ type: 'state', state, since, nextTryAt, ...(error ? { error } : {}) });
    const connection = this.#use.connection;
    if (!connection) this.#early = [];
    if (connection && !this.#shell && this.#attachingTo !== connection) {
      this.#attachingTo = connection;
      this.#attach(connection).catch((error: unknown) => this.#onAttachFailed(connection, error));
    }
    if (isGone && error) this.#finish(new BerthError(error.code, { place: error.place }));
  }

  async #attach(connection: SshConnection): Promise<void> {
    const startedAt = this.#deps.clock.now();
    const size = this.#size;
    const opened = await openOverSsh(connection, this.#input, size, !this.#tmuxIsBroken, this.#deps.clock);
    const { shell, isTmux, isKept } = opened;
    if (this.#isOver || connection.isDead) {
      shell.destroy();
      return;
    }
    this.#isTmux = isTmux;
    this.#arrivals.over(connection);
    this.#adopt(shell, size);
    shell.onOverrun?.(() => {
      if (this.#shell === shell) this.#pump.drain(true);
    });
    const quiet = this.#passOn(opened);
    shell.onClose((end) => {
      void quiet.dispose();
      if (this.#shell !== shell) return;
      this.#letGo();
      this.#attachingTo = null;
      const failedAtOnce = isTmux && end.code !== 0 && this.#deps.clock.now() - startedAt < brokenWithinMs;
      if (end.isLost) {
        // The link's own state tells the window; a link that is up again already will not tell twice.
        if (this.#use.connection) this.#onLink();
      } else if (failedAtOnce && !isKept) {
        this.#tmuxIsBroken = true;
        this.#onLink();
      } else this.#onExit(end);
    });
  }

  #passOn(opened: OpenedShell): Disposable {
    const { shell, isTmux, isKept } = opened;
    if (!isTmux) shell.onData((chunk) => this.#past.push(chunk));
    return passOnOutput(opened, {
      pump: this.#pump,
      isCurrent: () => this.#shell === shell && !this.#isOver,
      isReady: () => this.#isReady,
      announce: () => {
        if (this.#isReady) return;
        this.#attachingTo = null;
        this.#announce(shell, isTmux ? 'tmux' : 'shell', isKept);
      },
      clock: this.#deps.clock,
    });
  }

  #adopt(shell: Shell, size: { cols: number; rows: number }): void {
    this.#shell = shell;
    this.#takenBytes = 0;
    this.#past.clear();
    this.#pump.drain(false);
    if (this.#pump.isPaused) shell.pause();
    if (this.#size !== size) shell.resize(this.#size);
  }

  #announce(shell: Shell, over: ShellKind, resumed: boolean): void {
    this.#isReady = true;
    this.#port.note({ type: 'attached', over, resumed });
    for (const { chunk, end } of this.#early.splice(0)) this.#write(shell, chunk, end);
  }

  #letGo(): void {
    this.#handOver?.dispose();
    this.#shell = null;
    this.#isReady = false;
  }

  #onAttachFailed(connection: SshConnection, error: unknown): void {
    if (this.#attachingTo === connection) this.#attachingTo = null;
    if (this.#isOver || connection.isDead) return;
    // A server that gives no session channels, such as one for files only.
    if (error instanceof BerthError && error.code === 'unsupported') this.#goToConsole(error);
    else this.#finish(error);
  }

  /** @param why there is no shell over SSH; told when there is no console either */
  #goToConsole(why: BerthError): void {
    if (this.#console) return;
    const { links, clock } = this.#deps;
    this.#console = new ConsoleWay({
      services: (signal) => links.services(this.#input, signal),
      dial: (service, port, signal) => links.dial(this.#input, service, port, signal),
      size: () => this.#size,
      note: (note) => {
        if (!this.#isOver) this.#port.note(note);
      },
      onShell: (shell, resumed) => {
        this.#adopt(shell, this.#size);
        // The window tidies up upon the announcement; what the shell says comes after.
        this.#announce(shell, 'console', resumed);
        shell.onData((chunk) => {
          this.#past.push(chunk);
          this.#pump.push(chunk);
        });
      },
      onExit: (end) => this.#onExit(end),
      onFailed: (error) => this.#finish(error.code === 'no-ssh-service' ? why : error),
      clock,
      random: Math.random,
    });
  }

  #onExit({ code }: ShellEnd): void {
    this.#letGo();
    this.#pump.whenEmpty(() => {
      if (this.#isOver) return;
      this.#port.note({ type: 'exited', code });
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
    this.#handOver?.dispose();
    this.#arrivals.dispose();
    this.#pump.dispose();
    // In tmux this detaches; a plain shell gets its hang-up.
    this.#shell?.destroy();
    this.#shell = null;
    this.#console?.dispose();
    void this.#use.dispose();
    this.#onOver();
  }

  #onInput(chunk: Uint8Array): void {
    const shell = this.#shell;
    const end = this.#arrivals.received(chunk.length);
    if (shell && this.#isReady) {
      this.#use.touch();
      this.#write(shell, chunk, end);
      if (interrupts.some((key) => chunk.includes(key))) this.#pump.hurry();
      return;
    }
    const early = this.#early.reduce((sum, part) => sum + part.chunk.length, 0);
    if (this.#use.connection && early + chunk.length <= maxEarlyBytes) {
      this.#early.push({ chunk, end });
      return;
    }
    // The window knows from the state that keys go nowhere now; typing wakes a link that rests.
    if (this.#use.state === 'idle') this.#use.retry();
  }

  #write(shell: Shell, chunk: Uint8Array, end: number): void {
    shell.write(chunk, () => {
      if (this.#shell !== shell || this.#isOver) return;
      this.#arrivals.sent(end);
      this.#takenBytes += chunk.length;
      if (this.#takenBytes < inputAckBytes) return;
      this.#port.note({ type: 'taken', bytes: this.#takenBytes });
      this.#takenBytes = 0;
    });
  }

  #onControl(control: TerminalControl): void {
    switch (control.type) {
      case 'retry':
        if (this.#console) this.#console.retry();
        else this.#use.retry();
        return;
      case 'refill':
        this.#refill();
        return;
      case 'clear':
        this.#clearHistory();
        return;
      case 'resize':
        this.#size = { cols: control.cols, rows: control.rows };
        this.#shell?.resize(this.#size);
    }
  }

  /** Attaches anew, which begins with all that was printed; keys typed meanwhile wait. */
  #refill(): void {
    const shell = this.#shell;
    if (!shell || !this.#isReady || !this.#isTmux || !this.#use.connection) return;
    this.#letGo();
    shell.destroy();
    this.#onLink();
  }

  /** tmux draws its screen anew; any other screen goes on with a gap, and says so. */
  #onSkipped(bytes: number): void {
    if (this.#isTmux) this.#refill();
    else this.#port.note({ type: 'skipped', bytes });
  }

  #clearHistory(): void {
    const { connection } = this.#use;
    if (!connection || !this.#isTmux) return;
    connection
      .exec(clearCommand(this.#input.sessionId, this.#input.terminalId))
      .then((asked) => asked.resume())
      // A link that goes in this moment: what was to be forgotten shows once more, which the person sees.
      .catch(() => undefined);
  }
}

/** What the link tells is of SSH; a console that stands is up. */
function consoleUp(clock: Clock) {
  return { state: 'up', since: new Date(clock.now()).toISOString(), nextTryAt: null } as const;
}
