/** What a browser window does with the gateway, without a browser: its headers, its cookie, its token. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Instead of the place's own. */
  readonly host?: string;
  /** Told of each piece of the answer. */
  readonly onData?: (piece: Buffer) => void;
}

/** Asks 127.0.0.1 with a Host header: Node does not resolve *.localhost. */
export function ask(origin: string, path: string, options: AskOptions = {}): Promise<Answer> {
  const url = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: url.port,
      path,
      method: options.method ?? 'GET',
      setHost: false,
      headers: { host: options.host ?? url.host, ...options.headers },
    });
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        options.onData?.(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    asked.on('error', reject);
    asked.end(options.body);
  });
}

export interface TestWindow {
  readonly origin: string;
  readonly cookie: string;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  socket(path: string, headers?: Record<string, string>): WebSocket;
  state(): Promise<{ phase: string; code: string | null; path: string; log: { step: string; detail: string }[] }>;
}

/** Enters with an address from `apps.open`, as the entry page's script does. */
export async function enter(address: string): Promise<TestWindow> {
  const url = new URL(address);
  const entered = await ask(url.origin, url.pathname, {
    method: 'POST',
    headers: { origin: url.origin, 'sec-fetch-site': 'same-origin' },
    body: url.hash.slice(1),
  });
  if (entered.status !== 204) throw new Error(`Not let in: ${entered.status}`);
  const cookie = entered.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const window: TestWindow = {
    origin: url.origin,
    cookie,
    ask: (path, options = {}) => ask(url.origin, path, { ...options, headers: { cookie, ...options.headers } }),
    socket: (path, headers = {}) =>
      new WebSocket(`ws://127.0.0.1:${url.port}${path}`, {
        headers: { host: url.host, origin: url.origin, cookie, ...headers },
      }),
    state: async () => JSON.parse((await window.ask('/.berth/state')).text),
  };
  return window;
}
