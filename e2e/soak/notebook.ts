/** A notebook's kernel over its WebSocket, as Jupyter's own page speaks to it: cells run one after another. */
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import type { Entrance } from '../hosts/berth-client.ts';
import { rawRequest } from '../hosts/raw-http.ts';
import { type Checks, delay, eventually, type Work, workAgainMs } from './checks.ts';

interface Message {
  readonly msg_type: string;
  readonly parent_header: { readonly msg_id?: string };
  readonly content: { readonly text?: string; readonly status?: string };
}

export class Notebook implements Work {
  readonly name = 'notebook';
  readonly #way: Entrance;
  readonly #client = randomUUID();
  readonly #replied = new Set<string>();
  readonly #outputs = new Map<string, string[]>();
  #kernel = '';
  #socket: WebSocket | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #sent = 0;
  #connections = 0;

  constructor(way: Entrance) {
    this.#way = way;
  }

  /** Starts the kernel that all cells run in. */
  async prepare(): Promise<void> {
    const tree = await this.#ask('/tree', {});
    const xsrf = /_xsrf=([^;]+)/.exec([tree.headers['set-cookie']].flat().join('\n'))?.[1] ?? '';
    const made = await this.#ask('/api/kernels', {
      method: 'POST',
      body: JSON.stringify({ name: 'python3' }),
      headers: {
        cookie: `${this.#way.headers.cookie}; _xsrf=${xsrf}`,
        'x-xsrftoken': xsrf,
        'content-type': 'application/json',
        referer: `${this.#way.headers.origin}/tree`,
      },
    });
    if (made.status !== 201) throw new Error(`no kernel: ${made.status} ${made.text.slice(0, 300)}`);
    this.#kernel = (JSON.parse(made.text) as { id: string }).id;
    await eventually('a kernel that runs a cell', () => this.#execute('ran = {}', 10_000), 60_000);
  }

  start(): void {
    this.#stopped = false;
    this.#running = (async () => {
      while (!this.#stopped) {
        const at = this.#sent++;
        const id = await this.#execute(`ran[${at}] = ran.get(${at}, 0) + 1; print("cell", ${at})`, 15_000);
        await delay(id === null ? 500 : 250);
      }
    })();
    // Told by `stop`.
    this.#running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.#socket?.terminate();
    this.#socket = null;
  }

  async judge(checks: Checks): Promise<void> {
    const works = 'notebook: a cell runs once the network is well';
    checks.expect(works);
    const asked = eventually(works, () => this.#execute('print(sorted(ran.items()))', 10_000), workAgainMs);
    const id = await asked.catch((error: unknown) => checks.fail(works, String(error)));
    if (typeof id !== 'string') return;
    // Output may come after the reply.
    const text = await eventually('its output', async () => this.#outputs.get(id)?.join('') ?? null, 30_000);
    const ran = [...text.matchAll(/\((\d+), (\d+)\)/g)].map(([, at, times]) => ({ at, times }));
    const twice = ran.filter(({ times }) => times !== '1').map(({ at }) => at);
    checks.verify('notebook: no cell runs twice', twice.length === 0, () => `cells ${twice.join(', ')}`);
    const doubled = [...this.#outputs.values()].filter((pieces) => /(cell \d+\n)(?:.|\n)*\1/.test(pieces.join('')));
    checks.verify('notebook: no output comes twice', doubled.length === 0, () => JSON.stringify(doubled.slice(0, 3)));
    checks.verify('notebook: most cells are answered', this.#replied.size > this.#sent / 2, () => this.told());
    this.#socket?.terminate();
    this.#socket = null;
  }

  told(): string {
    return `${this.#sent} cells, ${this.#replied.size} replies, ${this.#connections} connections`;
  }

  /** Runs one cell; answers its message's id once the kernel replied, null when the connection went first. */
  async #execute(code: string, timeoutMs: number): Promise<string | null> {
    const socket = await this.#connected();
    if (!socket) return null;
    const id = randomUUID();
    const header = { msg_id: id, username: 'soak', session: this.#client, msg_type: 'execute_request', version: '5.3' };
    const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
    socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: 'shell', buffers: [] }));
    const until = Date.now() + timeoutMs;
    while (!this.#replied.has(id)) {
      if (socket.readyState !== WebSocket.OPEN) return null;
      if (Date.now() > until) {
        // As a page does that hears nothing: another connection.
        socket.terminate();
        return null;
      }
      await delay(20);
    }
    return id;
  }

  async #connected(): Promise<WebSocket | null> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    const { port, headers } = this.#way;
    const path = `/api/kernels/${this.#kernel}/channels?session_id=${this.#client}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, handshakeTimeout: 20_000 });
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Message));
    return new Promise((done) => {
      socket.once('open', () => {
        this.#connections += 1;
        done(socket);
      });
      socket.on('error', () => done(null));
    });
  }

  #take({ msg_type: type, parent_header: { msg_id: parent = '' }, content }: Message): void {
    if (type === 'execute_reply') this.#replied.add(parent);
    if (type === 'stream') this.#outputs.set(parent, [...(this.#outputs.get(parent) ?? []), content.text ?? '']);
  }

  #ask(path: string, options: { method?: string; body?: string; headers?: Record<string, string> }) {
    const headers = { ...this.#way.headers, ...options.headers };
    return rawRequest(`http://${this.#way.headers.host}${path}`, { ...options, headers });
  }
}
