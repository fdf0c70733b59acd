/** Starts the relay inside a container and opens streams through it; tells where there can be none. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { SshConnection } from '../links/ssh-connection.ts';
import { relayCommand, relayProgram } from './relay-program.ts';
import { Resumable } from './resumable.ts';

/** Jupyter's channels to a kernel, and its terminals; wherever the service's base path is. */
const resumedPaths = /\/(api\/kernels\/[\w-]+\/channels|terminals\/websocket\/[\w-]+)$/;

/** Connections that a page cannot make again without losing what passed in between. */
export function shouldOutliveLink(path: string): boolean {
  return resumedPaths.test(path);
}

const startWithinMs = 10_000;
/** A container without Python is not asked again for every notebook. */
const askAgainAfterMs = 60_000;
const maxOutputBytes = 4_096;

export interface RelayDeps {
  /** The link's connection once it is up. Throws BerthError. */
  connection(signal?: AbortSignal): Promise<SshConnection>;
  readonly clock: Clock;
}

interface Running {
  readonly port: number;
  readonly secret: string;
}

export class Relay {
  readonly #deps: RelayDeps;
  #running: Promise<Running> | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  /**
   * A stream to a port of the container that outlives the link; null where the container cannot run the relay, so that
   * the stream has to be an ordinary one.
   */
  async open(port: number): Promise<Duplex | null> {
    if (this.#deps.clock.now() - this.#failedAt < askAgainAfterMs) return null;
    // The relay ends when it is idle, so one that was started before may be gone.
    for (const isFirst of [true, false]) {
      const known = this.#running;
      this.#running ??= this.#start();
      const current = this.#running;
      try {
        const running = await current;
        const stream = new Resumable({
          connect: async (signal) => (await this.#deps.connection(signal)).forward(running.port),
          secret: running.secret,
          port,
          clock: this.#deps.clock,
        });
        stream.on('error', () => undefined);
        try {
          await stream.begin();
          return stream;
        } catch (error) {
          stream.destroy();
          throw error;
        }
      } catch (error) {
        // Why the service cannot be reached is told by the ordinary stream that is tried next.
        if (error instanceof BerthError && error.code === 'service-timeout') return null;
        if (this.#running === current) this.#running = null;
        if (error instanceof BerthError && error.code === 'unsupported') this.#failedAt = this.#deps.clock.now();
        if (known === null || !isFirst) return null;
      }
    }
    return null;
  }

  async #start(): Promise<Running> {
    const connection = await this.#deps.connection();
    const channel = await connection.exec(relayCommand);
    // SECURITY: the secret goes through the input, never an argument list, which everyone in the container can read ('lets nobody in without its secret' in relay.itest.ts).
    const secret = randomBytes(32).toString('base64url');
    return new Promise<Running>((resolve, reject) => {
      const settle = (): void => {
        timer.dispose();
        channel.destroy();
      };
      const fail = (): void => {
        settle();
        reject(new BerthError('unsupported', { place: 'container', detail: output.slice(0, 200) }));
      };
      const timer = this.#deps.clock.after(startWithinMs, fail);
      let output = '';
      channel.on('data', (chunk: Buffer) => {
        output += chunk.toString('latin1');
        const port = /^ready (\d+)$/m.exec(output)?.[1];
        if (port !== undefined) {
          settle();
          resolve({ port: Number(port), secret });
        } else if (output.length > maxOutputBytes) fail();
      });
      channel.once('end', fail);
      channel.once('close', fail);
      channel.write(`${Buffer.from(relayProgram).toString('base64')}\n${secret}\n`);
    });
  }
}
