/**
 * The service behind a soak: answers whose every byte its client can foretell, and a count of what was done, in a
 * process of its own.
 */
import { request } from 'node:http';
import { type Started, startProcess } from '../hosts/process.ts';

/** `/bytes?id=I&n=N`: N bytes that say I over and over; POST `/do/I`: counted; `/done`: the counts. */
const program = `
  const done = {};
  const server = require('node:http').createServer((request, response) => {
    const url = new URL(request.url, 'http://source');
    request.resume();
    if (url.pathname === '/bytes') {
      const body = Buffer.alloc(Number(url.searchParams.get('n')), url.searchParams.get('id') + ' ');
      return response.writeHead(200, { 'content-length': body.length }).end(body);
    }
    if (url.pathname === '/done') return response.end(JSON.stringify(done));
    if (request.method === 'POST') done[url.pathname] = (done[url.pathname] ?? 0) + 1;
    response.end(url.pathname);
  });
  server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
`;

export async function startSource(): Promise<{ port: number; process: Started }> {
  const started = await startProcess([process.execPath, '-e', program], /^listening (\d+)/);
  return { port: Number(started.match[1]), process: started };
}

/** The body that `/bytes` has for this id. */
export function bytesOf(id: string, length: number): Buffer {
  return Buffer.alloc(length, `${id} `);
}

export interface Way {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request on a connection of its own. Rejects where the answer broke off or did not come in time. */
export function ask(
  way: Way,
  path: string,
  method = 'GET',
  timeoutMs = 30_000,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((done, reject) => {
    const asked = request({ host: '127.0.0.1', port: way.port, path, method, headers: way.headers, agent: false });
    const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), timeoutMs);
    asked.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (data: Buffer) => parts.push(data));
      answer.on('error', reject);
      answer.on('end', () => {
        clearTimeout(timer);
        done({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) });
      });
    });
    asked.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asked.end();
  });
}
