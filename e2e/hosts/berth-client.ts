/**
 * A window without a page: opens the browser host's address as a browser does, and speaks the contract from here. For
 * runs that ask much and look at little; specs about what people see use a real page.
 */
import WebSocket from 'ws';
import { type Berth, createClient, type Transport } from '../../src-preload/client.ts';
import { contractVersion } from '../../src-preload/contract/index.ts';
import { type RawAnswer, rawRequest } from './raw-http.ts';

export interface BerthClient {
  readonly berth: Berth;
  /** Of Berth's own pages, for a browser that is to show some of them. */
  readonly origin: string;
  readonly cookie: { readonly name: string; readonly value: string };
  close(): void;
}

async function ask(url: URL, headers: Record<string, string>, body = ''): Promise<RawAnswer> {
  const answer = await rawRequest(url.href, { method: 'POST', headers: { origin: url.origin, ...headers }, body });
  if (answer.status !== 200 && answer.status !== 204) throw new Error(`${url.pathname}: status ${answer.status}`);
  return answer;
}

function cookieOf(answer: RawAnswer): string {
  const set = answer.headers['set-cookie'];
  return ([set].flat()[0] ?? '').split(';', 1)[0] ?? '';
}

/** @param address what the browser host printed; it works once */
export async function openBerth(address: string): Promise<BerthClient> {
  const entry = new URL(address);
  const cookie = cookieOf(await ask(new URL('/enter', entry), {}, entry.hash.slice(1)));
  const { text: token } = await ask(new URL('/bridge/token', entry), { cookie });
  const socket = new WebSocket(`ws://127.0.0.1:${entry.port}/bridge`, {
    headers: { host: entry.host, origin: entry.origin, cookie },
    perMessageDeflate: false,
  });
  const transport: Transport = {
    send: (message) => socket.send(message),
    onMessage: (listener) =>
      socket.on('message', (data: Buffer, isBinary) => listener(isBinary ? data : data.toString())),
    onState: (listener) => {
      socket.on('open', () => {
        socket.send(JSON.stringify({ t: 'hello', version: contractVersion, token }));
        listener('open');
      });
      socket.on('close', () => listener('lost'));
    },
  };
  const berth = createClient(transport);
  await new Promise<void>((done, reject) => {
    socket.once('open', () => done());
    socket.on('error', reject);
  });
  const [name = '', ...value] = cookie.split('=');
  return {
    berth,
    origin: entry.origin,
    cookie: { name, value: value.join('=') },
    close: () => socket.terminate(),
  };
}

/** What a request to a window's own address on the gateway needs. */
export interface Entrance {
  readonly port: number;
  readonly headers: { readonly host: string; readonly origin: string; readonly cookie: string };
}

/** Opens a service as its button does, and waits until the waiting page would turn into it. */
export async function openApp(
  berth: Berth,
  session: { readonly accountId: string; readonly sessionId: string },
  service: string,
  timeoutMs = 90_000,
): Promise<Entrance> {
  const entry = new URL((await berth.apps.open({ ...session, service })).url);
  const cookie = cookieOf(await ask(new URL('/.berth/enter', entry), {}, entry.hash.slice(1)));
  const until = Date.now() + timeoutMs;
  for (;;) {
    const { text } = await rawRequest(new URL('/.berth/state', entry).href, { headers: { cookie } });
    const { phase } = JSON.parse(text) as { phase: string };
    if (phase === 'ready') break;
    if (phase === 'failed' || Date.now() > until) throw new Error(`${service} is not ready: ${text}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  return { port: Number(entry.port), headers: { host: entry.host, origin: entry.origin, cookie } };
}
