/**
 * The way to a session's shell where its SSH server is not: the site's own console (ttyd), attached again after every cut.
 * All who open it share one screen.
 */
import type { Duplex } from 'node:stream';
import type { TerminalNote } from '../../src-preload/contract/terminals.ts';
import type { ServiceInfo } from '../backend/site-api.ts';
import { backoffMs, linkDelaysMs } from '../base/backoff.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Shell, ShellEnd, Size } from './shell.ts';
import { openConsole } from './ttyd-shell.ts';

const service = 'ttyd';
/** A console that stayed away this long waits for the person. */
const giveUpAfterMs = 10 * 60_000;

type StateNote = Extract<TerminalNote, { type: 'state' }>;

export interface ConsoleWayDeps {
  services(signal: AbortSignal): Promise<readonly ServiceInfo[]>;
  dial(service: string, port: number, signal: AbortSignal): Promise<Duplex>;
  size(): Size;
  note(note: StateNote): void;
  /** A shell stands; `resumed`: it is the one from before. */
  onShell(shell: Shell, resumed: boolean): void;
  onExit(end: ShellEnd): void;
  /** It will not come up by itself. */
  onFailed(error: BerthError): void;
  readonly clock: Clock;
  readonly random: () => number;
}

export class ConsoleWay implements Disposable {
  readonly #deps: ConsoleWayDeps;
  readonly #abort = new AbortController();
  #timer: Disposable | null = null;
  #shell: Shell | null = null;
  #attempt = 0;
  #hadShell = false;
  #isTrying = false;
  #lostAt: number;

  constructor(deps: ConsoleWayDeps) {
    this.#deps = deps;
    this.#lostAt = deps.clock.now();
    void this.#try();
  }

  /** Cuts the wait short. */
  retry(): void {
    if (this.#shell || this.#isTrying || this.#abort.signal.aborted) return;
    this.#timer?.dispose();
    this.#attempt = 0;
    this.#lostAt = this.#deps.clock.now();
    void this.#try();
  }

  dispose(): void {
    this.#abort.abort();
    this.#timer?.dispose();
    this.#shell?.destroy();
    this.#shell = null;
  }

  async #try(): Promise<void> {
    const { signal } = this.#abort;
    this.#isTrying = true;
    this.#note('connecting');
    try {
      const port = (await this.#deps.services(signal)).find((info) => info.name === service)?.ports[0];
      if (port === undefined) throw new BerthError('no-ssh-service', { place: 'container' });
      const stream = await this.#deps.dial(service, port, signal);
      const { shell, isKept } = await openConsole(stream, this.#deps.size(), this.#deps.clock);
      if (signal.aborted) {
        shell.destroy();
        return;
      }
      this.#take(shell, isKept);
    } catch (error) {
      if (!signal.aborted) this.#onFailure(error);
    } finally {
      this.#isTrying = false;
    }
  }

  #take(shell: Shell, isKept: boolean): void {
    this.#shell = shell;
    this.#attempt = 0;
    this.#note('up');
    this.#deps.onShell(shell, this.#hadShell && isKept);
    this.#hadShell = true;
    shell.onClose((end) => {
      if (this.#shell !== shell) return;
      this.#shell = null;
      this.#lostAt = this.#deps.clock.now();
      if (end.isLost) this.#again();
      else this.#deps.onExit(end);
    });
  }

  #onFailure(error: unknown): void {
    const known =
      error instanceof BerthError ? error : new BerthError('service-failed', { place: 'service', cause: error });
    const isOver = known.retry !== 'auto' || this.#deps.clock.now() - this.#lostAt > giveUpAfterMs;
    if (isOver) this.#deps.onFailed(known);
    else this.#again(known);
  }

  #again(error?: BerthError): void {
    const delayMs = backoffMs(linkDelaysMs, this.#attempt, this.#deps.random());
    this.#attempt += 1;
    const why = error ?? new BerthError('tunnel-lost', { place: 'site', retry: 'auto' });
    this.#note('connecting', new Date(this.#deps.clock.now() + delayMs).toISOString(), why);
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#try());
  }

  #note(state: StateNote['state'], nextTryAt: string | null = null, error?: BerthError): void {
    const since = new Date(this.#lostAt).toISOString();
    this.#deps.note({ type: 'state', state, since, nextTryAt, ...(error ? { error: error.toValue() } : {}) });
  }
}
