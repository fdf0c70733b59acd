/**
 * How another process of the same person talks to a running Berth: one JSON line there, one JSON line back, and for
 * `ssh-proxy` raw bytes after that. Used by a second start and by `ssh-proxy.ts`.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { z } from 'zod';
import { SessionRef } from '../../src-preload/contract/common.ts';
import { type Situation, situationOf, situations } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';
import type { AreaLog } from '../log/log.ts';
import { launchProblem, maxLaunchBytes } from './launch-text.ts';

const ControlRequest = z.discriminatedUnion('op', [
  /** A fresh entry address; `opens` when the asker opens it at once; `launch`: a launch to show there. */
  z.strictObject({ op: z.literal('entry'), opens: z.boolean(), launch: z.string().max(maxLaunchBytes).optional() }),
  /** The raw SSH bytes of a session. */
  z.strictObject({ op: z.literal('ssh-proxy'), ...SessionRef.shape }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;

export interface ControlHandlers {
  /** Null when there is none to give: the app's own window was brought to the front instead. */
  entryUrl(opens: boolean): Promise<string | null>;
  /** Throws BerthError `recipe-invalid` or `link-invalid`. */
  openLaunch(text: string): Promise<void>;
  openRawSsh(ref: SessionRef): Promise<Duplex>;
}

export interface ControlReply {
  readonly ok: boolean;
  readonly url?: string;
  readonly pid?: number;
  /** One sentence. */
  readonly error?: string;
  /** What it is of, where the asker has better words. */
  readonly situation?: Situation;
}

/** A launch travels in one line; every character of it may need escaping. */
const maxLineBytes = 2 * maxLaunchBytes;
const lineWithinMs = 5_000;

/** Reads up to the first line end; what came after it is given back to the stream. */
export function readLine(socket: Socket, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const timer = setTimeout(() => finish(new Error('no line in time')), withinMs);
    const finish = (error: Error | null, line = ''): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('error', onEnd);
      socket.off('close', onEnd);
      socket.pause();
      if (error) reject(error);
      else resolve(line);
    };
    const onData = (bytes: Buffer): void => {
      seen = Buffer.concat([seen, bytes]);
      const end = seen.indexOf(10);
      if (end >= 0) {
        const rest = seen.subarray(end + 1);
        finish(null, seen.subarray(0, end).toString('utf8'));
        if (rest.length > 0) socket.unshift(rest);
      } else if (seen.length > maxLineBytes) finish(new Error('line too long'));
    };
    const onEnd = (error?: Error | boolean): void => finish(error instanceof Error ? error : new Error('closed early'));
    socket.on('data', onData);
    socket.on('error', onEnd);
    socket.on('close', onEnd);
  });
}

export class ControlServer {
  readonly #handlers: ControlHandlers;
  readonly #log: AreaLog;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(handlers: ControlHandlers, log: AreaLog) {
    this.#handlers = handlers;
    this.#log = log;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', (error) => log.debug('A control connection broke', { error }));
      this.#serve(socket).catch((error: unknown) => {
        log.warn('A control request failed', { error });
        socket.destroy();
      });
    });
  }

  listen(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Ends every connection; Node removes the socket's file. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(socket: Socket): Promise<void> {
    const reply = (value: ControlReply): void => {
      socket.write(`${JSON.stringify(value)}\n`);
    };
    const line = await readLine(socket, lineWithinMs);
    const request = ControlRequest.safeParse(parseJson(line));
    if (!request.success) {
      reply({ ok: false, error: 'Berth does not know this request; is the other part of the same version?' });
      socket.end();
    } else if (request.data.op === 'entry') {
      const { launch, opens } = request.data;
      if (launch !== undefined) {
        try {
          await this.#handlers.openLaunch(launch);
        } catch (error) {
          const problem = launchProblem(launch.startsWith('berth:') ? launch : 'The launch file', error);
          if (problem === null) throw error;
          reply({ ok: false, error: problem });
          socket.end();
          return;
        }
      }
      const url = await this.#handlers.entryUrl(opens);
      reply({ ok: true, pid: process.pid, ...(url === null ? {} : { url }) });
      socket.end();
    } else {
      const { accountId, sessionId } = request.data;
      await this.#proxy(socket, { accountId, sessionId }, reply);
    }
  }

  async #proxy(socket: Socket, ref: SessionRef, reply: (value: ControlReply) => void): Promise<void> {
    let upstream: Duplex;
    try {
      upstream = await this.#handlers.openRawSsh(ref);
    } catch (error) {
      const expected = error instanceof BerthError;
      if (!expected) this.#log.error('A raw SSH connection could not be opened', { error });
      reply({
        ok: false,
        error: expected ? error.message : 'Berth met a defect; its log tells more.',
        situation: expected ? situationOf(error.toValue()) : 'internal',
      });
      socket.end();
      return;
    }
    if (socket.destroyed) {
      upstream.destroy();
      return;
    }
    reply({ ok: true });
    pipeline(socket, upstream, socket, (error) => {
      if (error) this.#log.debug('A raw SSH connection ended', { error });
      upstream.destroy();
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses it with the rest.
    return undefined;
  }
}

/** Connects, sends the request and reads the reply; the socket stays open, paused, for what follows. */
export async function askControl(
  address: string,
  request: ControlRequest,
  withinMs: number,
): Promise<{ reply: ControlReply; socket: Socket }> {
  const socket = createConnection(address);
  // Reading tells of what breaks; an error between two reads must not end the process.
  socket.on('error', () => {});
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.write(`${JSON.stringify(request)}\n`);
    const value: unknown = JSON.parse(await readLine(socket, withinMs));
    const reply = z
      .object({
        ok: z.boolean(),
        url: z.string().optional(),
        pid: z.number().optional(),
        error: z.string().optional(),
        situation: z.string().optional(),
      })
      .parse(value);
    const situation = situations.find((it) => it === reply.situation);
    return {
      socket,
      reply: {
        ok: reply.ok,
        ...(reply.url === undefined ? {} : { url: reply.url }),
        ...(reply.pid === undefined ? {} : { pid: reply.pid }),
        ...(reply.error === undefined ? {} : { error: reply.error }),
        ...(situation === undefined ? {} : { situation }),
      },
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
