/** Looks what listens in sessions, over links that are up; a look that nobody asked for keeps no link awake. */
import type { SessionRef } from '../../src-preload/contract/common.ts';
import type { KernelListening, Listening } from '../../src-preload/contract/forwards.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { type Look, lookInto, readLooks } from './kernel-look.ts';
import { KernelPace } from './kernel-pace-policy.ts';
import { listeningScript, readListening } from './listening-policy.ts';

/** Nobody looks any more after this long without a question. */
const forgetMs = 30_000;
const lookWithinMs = 15_000;
/** Several kernels, one after another. */
const roundWithinMs = 60_000;
/** Tables of a busy container; more is not read. */
const maxOutputBytes = 4 * 2 ** 20;
/** Of several containers, each of which tells less. */
const maxRoundBytes = 8 * 2 ** 20 + 64 * 2 ** 10;

interface Looker {
  readonly ref: SessionRef;
  readonly use: SessionUse;
  last: Listening;
  looking: Promise<Listening> | null;
  /** Of the kernels beside the main one. */
  readonly pace: KernelPace;
  round: Promise<void> | null;
  timer: Disposable | null;
}

const nameOf = (ref: SessionRef, kernel = ''): string => `${ref.accountId}/${ref.sessionId}/${kernel}`;

export class Listeners implements Disposable {
  readonly #links: LinksService;
  readonly #clock: Clock;
  readonly #lookers = new Map<string, Looker>();

  constructor(links: LinksService, clock: Clock) {
    this.#links = links;
    this.#clock = clock;
  }

  /**
   * @param asked a person asks: the link is brought up for it
   * @param kernel another than the main one, where the link ends
   * @throws BerthError of the link when asked and it cannot be had
   */
  async look(ref: SessionRef, asked: boolean, signal?: AbortSignal, kernel?: string): Promise<Listening> {
    const looker = this.#looker(nameOf(ref, kernel), ref);
    const connection = asked ? await looker.use.ready(signal) : looker.use.connection;
    if (!connection) return looker.last;
    looker.looking ??= this.#read(ref, connection, kernel).finally(() => {
      looker.looking = null;
    });
    looker.last = await looker.looking;
    // Somebody who asked has found it: it is no longer left alone.
    if (kernel !== undefined) this.#lookers.get(nameOf(ref))?.pace.note(kernel, looker.last, this.#clock.now());
    return looker.last;
  }

  /**
   * Looks into those kernels whose time has come, where the link is up, and keeps it awake for nobody.
   * @param kernels others than the main one
   * @throws BerthError where the command could not be run
   */
  async lookBeside(ref: SessionRef, kernels: readonly string[]): Promise<KernelListening[]> {
    if (kernels.length === 0) return [];
    const looker = this.#looker(nameOf(ref), ref);
    const { connection } = looker.use;
    const due = looker.round || !connection ? [] : looker.pace.due(kernels, this.#clock.now());
    if (connection && due.length > 0) {
      looker.round = this.#round(ref, connection, looker.pace, due).finally(() => {
        looker.round = null;
      });
    }
    await looker.round;
    return looker.pace.list(kernels);
  }

  forget(matches: (ref: SessionRef) => boolean): void {
    for (const [name, looker] of [...this.#lookers]) {
      if (!matches(looker.ref)) continue;
      this.#lookers.delete(name);
      looker.timer?.dispose();
      void looker.use.dispose();
    }
  }

  dispose(): void {
    this.forget(() => true);
  }

  #looker(name: string, ref: SessionRef): Looker {
    let looker = this.#lookers.get(name);
    if (!looker) {
      const use = this.#links.acquire(ref, { kind: 'files' });
      const pace = new KernelPace();
      looker = { ref, use, last: { ports: [], asOf: null }, looking: null, pace, round: null, timer: null };
      this.#lookers.set(name, looker);
    }
    looker.timer?.dispose();
    looker.timer = this.#clock.after(forgetMs, () => this.forget((it) => it === looker?.ref));
    return looker;
  }

  async #read(ref: SessionRef, connection: SshConnection, kernel: string | undefined): Promise<Listening> {
    const hidden = await this.#hidden(ref);
    if (kernel === undefined) {
      const output = await this.#run(connection, listeningScript, lookWithinMs, maxOutputBytes);
      return { ports: readListening(output, hidden), asOf: this.#stamp() };
    }
    const command = lookInto([kernel], listeningScript);
    const output = await this.#run(connection, command, lookWithinMs, maxOutputBytes);
    return this.#listeningOf(readLooks(output, [kernel]).get(kernel), hidden);
  }

  async #round(
    ref: SessionRef,
    connection: SshConnection,
    pace: KernelPace,
    kernels: readonly string[],
  ): Promise<void> {
    try {
      const hidden = await this.#hidden(ref);
      const command = lookInto(kernels, listeningScript);
      const looks = readLooks(await this.#run(connection, command, roundWithinMs, maxRoundBytes, true), kernels);
      // Those that it did not come to have their turn next, unless it came to none.
      for (const kernel of kernels.filter((it) => looks.size === 0 || looks.has(it))) {
        pace.note(kernel, this.#listeningOf(looks.get(kernel), hidden), this.#clock.now());
      }
    } catch (error) {
      // A connection that is gone says nothing of the kernels.
      if (!connection.isDead) pace.putOff(kernels, this.#clock.now());
      throw error;
    }
  }

  #listeningOf(look: Look | undefined, hidden: ReadonlySet<number>): Listening {
    const { output = '', unseen = 'not-reached' } = look ?? {};
    return { ports: readListening(output, hidden), ...(unseen ? { unseen } : {}), asOf: this.#stamp() };
  }

  #stamp(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  /** A port that a person opened at the start has no program of the platform's behind it. */
  async #hidden(ref: SessionRef): Promise<ReadonlySet<number>> {
    const services = await this.#links.services(ref);
    return new Set(services.filter((it) => it.protocol !== 'preopen').flatMap((it) => it.ports));
  }

  /** @param keepsPart what came until the time was over is an answer, too */
  async #run(
    connection: SshConnection,
    command: string,
    withinMs: number,
    maxBytes: number,
    keepsPart = false,
  ): Promise<string> {
    const channel = await connection.exec(command);
    let isLate = false;
    const timer = this.#clock.after(withinMs, () => {
      isLate = true;
      channel.destroy(new BerthError('timeout', { place: 'container', retry: 'auto' }));
    });
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of channel) {
        size += chunk.length;
        if (size <= maxBytes) chunks.push(chunk);
      }
    } catch (error) {
      if (!isLate || !keepsPart) throw error;
    } finally {
      timer.dispose();
    }
    return Buffer.concat(chunks).toString('latin1');
  }
}
