/** Looks what listens in sessions, over links that are up; a look that nobody asked for keeps no link awake. */
import type { SessionRef } from '../../src-preload/contract/common.ts';
import type { Listening } from '../../src-preload/contract/forwards.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { lookInto, whyUnseen } from './kernel-look.ts';
import { listeningScript, readListening } from './listening-policy.ts';

/** Nobody looks any more after this long without a question. */
const forgetMs = 30_000;
const lookWithinMs = 15_000;
/** Tables of a busy container; more is not read. */
const maxOutputBytes = 4 * 2 ** 20;

interface Looker {
  readonly ref: SessionRef;
  readonly use: SessionUse;
  last: Listening;
  looking: Promise<Listening> | null;
  timer: Disposable | null;
}

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
    const name = `${ref.accountId}/${ref.sessionId}/${kernel ?? ''}`;
    const looker = this.#looker(name, ref);
    const connection = asked ? await looker.use.ready(signal) : looker.use.connection;
    if (!connection) return looker.last;
    looker.looking ??= this.#read(ref, connection, kernel).finally(() => {
      looker.looking = null;
    });
    looker.last = await looker.looking;
    return looker.last;
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
      looker = { ref, use, last: { ports: [], asOf: null }, looking: null, timer: null };
      this.#lookers.set(name, looker);
    }
    looker.timer?.dispose();
    looker.timer = this.#clock.after(forgetMs, () => this.forget((it) => it === looker?.ref));
    return looker;
  }

  async #read(ref: SessionRef, connection: SshConnection, kernel: string | undefined): Promise<Listening> {
    const services = await this.#links.services(ref);
    // A port that a person opened at the start has no program of the platform's behind it.
    const hidden = new Set(services.filter((it) => it.protocol !== 'preopen').flatMap((it) => it.ports));
    const channel = await connection.exec(kernel === undefined ? listeningScript : lookInto(kernel, listeningScript));
    const timer = this.#clock.after(lookWithinMs, () =>
      channel.destroy(new BerthError('timeout', { place: 'container', retry: 'auto' })),
    );
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of channel) {
        size += chunk.length;
        if (size <= maxOutputBytes) chunks.push(chunk);
      }
    } finally {
      timer.dispose();
    }
    const output = Buffer.concat(chunks).toString('latin1');
    const unseen = kernel === undefined ? null : whyUnseen(output);
    return {
      ports: readListening(output, hidden),
      ...(unseen ? { unseen } : {}),
      asOf: new Date(this.#clock.now()).toISOString(),
    };
  }
}
