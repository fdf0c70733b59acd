/** The service behind the tunnels of the bench: a web server in a process of its own, and clients in processes of theirs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Started, startProcess } from '../hosts/process.ts';

/**
 * `/body?mib=N`: so many MiB of the same bytes; `/sink` takes whatever is posted and answers its length; everything else
 * is one small page.
 */
const sourceProgram = `
  const piece = Buffer.alloc(1 << 20, 7);
  const server = require('node:http').createServer(async (request, response) => {
    const url = new URL(request.url, 'http://source');
    if (url.pathname === '/body') {
      const mib = Number(url.searchParams.get('mib'));
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': piece.length * mib });
      for (let i = 0; i < mib && !response.destroyed; i++)
        if (!response.write(piece)) await new Promise((done) => response.once('drain', done).once('close', done));
      return response.end();
    }
    if (url.pathname === '/sink') {
      let bytes = 0;
      request.on('data', (data) => (bytes += data.byteLength));
      return request.once('end', () => response.end(String(bytes)));
    }
    response.setHeader('content-type', 'text/html').end('<title>source</title>');
  });
  server.keepAliveTimeout = 60000;
  server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
`;

export async function startSource(): Promise<{ port: number; process: Started }> {
  const process_ = await startProcess([process.execPath, '-e', sourceProgram], /^listening (\d+)/);
  return { port: Number(process_.match[1]), process: process_ };
}

/** A way to the source: its own port, or that of a tunnel. */
export interface Way {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Started anew each time: the bench's own heap would slow a client down at random. */
async function client<T>(program: string, input: unknown): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, JSON.stringify(input)]);
  return JSON.parse(stdout) as T;
}

const downloadProgram = `
  const { port, headers, mib } = JSON.parse(process.argv[1]);
  const startedAt = performance.now();
  require('node:http').get({ host: '127.0.0.1', port, path: '/body?mib=' + mib, headers }, (answer) => {
    let bytes = 0;
    answer.on('data', (data) => (bytes += data.byteLength));
    answer.once('end', () => console.log(JSON.stringify({ status: answer.statusCode, bytes, ms: performance.now() - startedAt })));
  });
`;

const uploadProgram = `
  const { port, headers, mib } = JSON.parse(process.argv[1]);
  const piece = Buffer.alloc(1 << 20, 7);
  const startedAt = performance.now();
  const asked = require('node:http').request({ host: '127.0.0.1', port, path: '/sink', method: 'POST',
    headers: { ...headers, 'content-length': mib * piece.length } }, (answer) => {
    let text = '';
    answer.on('data', (data) => (text += data));
    answer.once('end', () => console.log(JSON.stringify({ status: answer.statusCode, bytes: Number(text), ms: performance.now() - startedAt })));
  });
  (async () => {
    for (let i = 0; i < mib; i++) if (!asked.write(piece)) await new Promise((done) => asked.once('drain', done));
    asked.end();
  })();
`;

interface Moved {
  readonly status: number;
  readonly bytes: number;
  readonly ms: number;
}

function rate({ status, bytes, ms }: Moved, mib: number): number {
  if (status !== 200 || bytes !== mib * 1024 * 1024) throw new Error(`status ${status}, ${bytes} bytes of ${mib} MiB`);
  return mib / (ms / 1000);
}

/** MiB a second from the source to here. */
export async function download(way: Way, mib: number): Promise<number> {
  return rate(await client<Moved>(downloadProgram, { ...way, mib }), mib);
}

/** MiB a second from here to the source. */
export async function upload(way: Way, mib: number): Promise<number> {
  return rate(await client<Moved>(uploadProgram, { ...way, mib }), mib);
}

/** Small requests over kept connections, a number of them at a time; answers the milliseconds of each. */
const requestsProgram = `
  const http = require('node:http');
  const { port, headers, count, atOnce } = JSON.parse(process.argv[1]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const once = () => new Promise((done, reject) => {
    const startedAt = performance.now();
    http.get({ host: '127.0.0.1', port, path: '/', headers, agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error('status ' + answer.statusCode));
      answer.resume();
      answer.once('end', () => done(performance.now() - startedAt));
    }).once('error', reject);
  });
  (async () => {
    const times = [];
    let left = count;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let i = 0; i < 20; i++) await once();
    }));
    await Promise.all(Array.from({ length: atOnce }, async () => { while (left-- > 0) times.push(await once()); }));
    console.log(JSON.stringify(times));
    agent.destroy();
  })();
`;

export function requests(way: Way, count: number, atOnce: number): Promise<number[]> {
  return client<number[]>(requestsProgram, { ...way, count, atOnce });
}
