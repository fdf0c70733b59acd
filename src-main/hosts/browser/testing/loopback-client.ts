/** Raw requests to a loopback server, with any header a hostile client could send. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function portOf(host: string): number {
  return Number(host.split(':')[1]);
}

/** Connects to 127.0.0.1 whatever the Host header says; Node does not resolve `*.localhost`. */
export function ask(
  port: number,
  path: string,
  headers: Record<string, string>,
  options: { method?: string; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, headers, method: options.method ?? 'GET', agent: false },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** Bytes as they are, for targets that Node's client would refuse to send. */
export function askRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(text, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** The token of an entry address exchanged for the cookie. */
export async function enter(url: string): Promise<{ host: string; port: number; cookie: string }> {
  const { host, hash } = new URL(url);
  const port = portOf(host);
  const answer = await ask(port, '/enter', { host, origin: `http://${host}` }, { method: 'POST', body: hash.slice(1) });
  if (answer.status !== 204) throw new Error(`entry answered ${answer.status}`);
  return { host, port, cookie: (answer.headers['set-cookie']?.[0] ?? '').split(';', 1)[0] ?? '' };
}

export function openSocket(port: number, headers: Record<string, string>, path = '/bridge'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, perMessageDeflate: false });
}

/** `open`, or the HTTP status that refused it. */
export function socketOutcome(socket: WebSocket): Promise<'open' | number> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve('open'));
    socket.on('unexpected-response', (outgoing, incoming) => {
      outgoing.destroy();
      resolve(incoming.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

/** The code with which the server closes the socket. */
export function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
}

export function nextMessage(socket: WebSocket): Promise<string | Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data, isBinary) => resolve(isBinary && Buffer.isBuffer(data) ? data : data.toString()));
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
  });
}
