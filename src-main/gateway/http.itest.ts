/** HTTP/1.1 in full through gateway and link: what a proxy must pass, hold back, and give up. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { gatewayLimits } from './gateway.ts';
import { type GatewayRig, startGatewayRig } from './testing/gateway-rig.ts';
import { type HttpService, startHttpService } from './testing/http-service.ts';
import { sendRaw } from './testing/raw.ts';
import type { TestWindow } from './testing/window.ts';

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

const mebibyte = 1024 * 1024;
/** 1024 for the whole gibibyte. */
const uploadBytes = Number(process.env.BERTH_UPLOAD_MIB ?? 96) * mebibyte;
/** Buffers of five sockets, a channel's window and Node's own streams together; without back-pressure it would be all. */
const onTheWay = 24 * mebibyte;

const limits = { ...gatewayLimits, listener: { ...gatewayLimits.listener, halfClosedMs: 700 } };

describe.skipIf(reason !== null)('HTTP/1.1 through the gateway', () => {
  let server: RealSshServer;
  let rig: GatewayRig;
  let service: HttpService;
  let window: TestWindow;
  let port: number;
  let host: string;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    rig = await startGatewayRig(server, limits);
    service = await startHttpService();
    rig.add('http', service.port);
    window = await rig.openReady('http');
    host = new URL(window.origin).host;
    port = Number(new URL(window.origin).port);
  });
  afterEach(async () => {
    await rig.close();
    await service.close();
  });

  const own = () => ({ host, cookie: window.cookie, origin: window.origin });
  const begin = (method: string, path: string, headers: Record<string, string> = {}, agent?: Agent): ClientRequest => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      setHost: false,
      headers: { ...own(), ...headers },
      ...(agent ? { agent } : {}),
    });
    asked.on('error', () => undefined);
    return asked;
  };
  const answerTo = (asked: ClientRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      asked.once('response', resolve);
      asked.once('error', reject);
    });
  const textOf = async (message: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of message) text += String(chunk);
    return text;
  };
  const headLines = (method: string, path: string, lines: string[] = []): string =>
    `${[`${method} ${path} HTTP/1.1`, `Host: ${host}`, `Cookie: ${window.cookie}`, `Origin: ${window.origin}`, ...lines].join('\r\n')}\r\n\r\n`;
  /** Until it no longer changes. */
  const steady = async (value: () => number): Promise<number> => {
    let last = -1;
    await until(
      async () => {
        await sleep(300);
        const isSteady = value() === last && last > 0;
        last = value();
        return isSteady;
      },
      'steady',
      30_000,
    );
    return last;
  };

  it('keeps connections, to the browser and to the service', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = service.connections;
    const sockets = new Set<unknown>();
    for (let i = 0; i < 60; i += 1) {
      const asked = begin('GET', `/x?${i}`, {}, agent);
      asked.end();
      const message = await answerTo(asked);
      sockets.add(asked.socket);
      expect(await textOf(message)).toBe('GET 0');
      expect(message.headers.connection).toBe('keep-alive');
    }
    expect(sockets.size).toBe(1);
    expect(service.connections - before).toBeLessThanOrEqual(2);
    // Several requests in one packet are answered in their order.
    const three = ['/a', '/slowly', '/c'].map((path) => headLines('GET', path)).join('');
    const answers = await sendRaw(
      port,
      three,
      (text) => text.split('HTTP/1.1 200').length === 4 && text.endsWith('GET 0'),
    );
    expect(answers.match(/GET 0|slow/g)).toEqual(['GET 0', 'slow', 'GET 0']);
    agent.destroy();
  });

  it('passes chunks as they come and trailers, both ways', async () => {
    const asked = begin('GET', '/chunks');
    asked.end();
    const message = await answerTo(asked);
    expect(message.headers['transfer-encoding']).toBe('chunked');
    const first = await new Promise<string>((resolve) => message.once('data', (chunk) => resolve(String(chunk))));
    expect(first).toBe('one');
    service.go();
    expect(await textOf(message)).toBe('two');

    const trailing = begin('GET', '/trailers');
    trailing.end();
    const answered = await answerTo(trailing);
    expect(await textOf(answered)).toBe('body');
    expect(answered.trailers).toEqual({ 'x-sum': 'abc' });

    const sending = begin('POST', '/in', { 'transfer-encoding': 'chunked', trailer: 'x-sum' });
    sending.write('part');
    await until(() => service.read === 4, 'first part at the service');
    sending.addTrailers({ 'x-sum': 'def', cookie: 'a=1' });
    sending.end('more');
    expect(await textOf(await answerTo(sending))).toBe('POST 8');
    expect(service.requestTrailers).toEqual({ 'x-sum': 'def' });
  });

  it('leaves it to the service whether it wants the body, and passes what it says meanwhile', async () => {
    const wanted = begin('PUT', '/in', { expect: '100-continue', 'content-length': '5' });
    await new Promise<void>((resolve) => wanted.once('continue', resolve));
    wanted.end('hello');
    expect(await textOf(await answerTo(wanted))).toBe('PUT 5');

    const refused = await sendRaw(port, headLines('PUT', '/refuse', ['Expect: 100-continue', 'Content-Length: 5']));
    expect(refused).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\nconnection: close\r\n[\s\S]*big$/i);
    // Who may not come in is not asked for a body either.
    const stranger = await sendRaw(
      port,
      `PUT /in HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
    );
    expect(stranger).toMatch(/^HTTP\/1\.1 403 /);
    expect(
      await sendRaw(port, headLines('PUT', '/in', ['Expect: a-wonder', 'Content-Length: 0']), (text) =>
        text.includes('\r\n\r\n'),
      ),
    ).toMatch(/^HTTP\/1\.1 417 /);

    const hinted = await sendRaw(port, headLines('GET', '/hints', ['Connection: close']));
    expect(hinted.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 102', 'HTTP/1.1 103', 'HTTP/1.1 200']);
    expect(hinted).toContain('rel=preload');
    // HTTP/1.0 knows nothing of interim answers, nor of chunks.
    const old = await sendRaw(port, headLines('GET', '/hints').replace('HTTP/1.1', 'HTTP/1.0'));
    expect(old).toMatch(/^HTTP\/1\.1 200 [\s\S]*hinted$/);
    expect(await sendRaw(port, headLines('GET', '/trailers').replace('HTTP/1.1', 'HTTP/1.0'))).toMatch(/\r\n\r\nbody$/);
  });

  it('passes answers without a body', async () => {
    for (const [method, path, status, etag] of [
      ['GET', '/nothing', 204, '"n"'],
      ['GET', '/same', 304, '"s"'],
      ['HEAD', '/x', 200, undefined],
    ] as const) {
      const raw = await sendRaw(port, headLines(method, path) + headLines('GET', '/after', ['Connection: close']));
      // The next answer begins right after the head.
      expect(raw, path).toMatch(
        new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*?\\r\\n\\r\\nHTTP/1\\.1 200 [\\s\\S]*GET 0$`),
      );
      if (etag !== undefined) expect(raw).toContain(etag);
    }
    expect((await window.ask('/x', { method: 'HEAD' })).headers['content-length']).toBe('6');
  });

  it('answers a client that ended its side, and lets go of one that left', async () => {
    const halfClosed = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
        socket.end(headLines('GET', '/late', ['Connection: close']));
      });
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('close', () => resolve(text));
      socket.on('end', () => socket.destroy());
    });
    expect(halfClosed).toMatch(/^HTTP\/1\.1 200 [\s\S]*late$/);
    for (const [method, path] of [
      ['GET', '/silent'],
      ['GET', '/endless'],
      ['GET', '/chunks'],
      ['POST', '/in'],
    ] as const) {
      const { left, asked: before } = service;
      const asked = begin(method, path, method === 'POST' ? { 'content-length': '1000' } : {});
      if (method === 'POST') asked.write('begun');
      else asked.end();
      await until(() => service.asked > before, 'asked');
      await sleep(50);
      asked.destroy();
      await until(() => service.left > left, `cancelled ${path}`, 6_000);
      service.written = 0;
      service.read = 0;
    }
  });

  it('takes an answer that comes before the body was sent', async () => {
    const asked = begin('POST', '/refuse', { 'content-length': String(64 * mebibyte) });
    const message = answerTo(asked);
    asked.write(Buffer.alloc(mebibyte));
    expect((await message).statusCode).toBe(413);
    expect(await textOf(await message)).toBe('big');
    asked.destroy();
  });

  it('holds back a service whose window is slow, and a window whose service is', async () => {
    const down = begin('GET', '/endless');
    down.end();
    const message = await answerTo(down);
    message.pause();
    const written = await steady(() => service.written);
    down.destroy();

    const up = begin('POST', '/deaf', { 'transfer-encoding': 'chunked' });
    const piece = Buffer.alloc(64 * 1024);
    let sent = 0;
    const more = (): void => {
      do sent += piece.length;
      while (up.write(piece) && !up.destroyed);
      up.once('drain', more);
    };
    more();
    const taken = await steady(() => sent);
    up.destroy();
    console.info(
      `On the way to a slow window ${(written / mebibyte).toFixed(1)} MiB, to a slow service ${(taken / mebibyte).toFixed(1)} MiB`,
    );
    expect(written).toBeLessThan(onTheWay);
    expect(taken).toBeLessThan(onTheWay);
  });

  it('streams an upload of any size in bounded memory', async () => {
    const asked = begin('PUT', '/in', { 'content-length': String(uploadBytes) });
    const message = answerTo(asked);
    const piece = Buffer.alloc(mebibyte, 3);
    const before = process.memoryUsage().rss;
    let peak = before;
    for (let sent = 0; sent < uploadBytes; sent += piece.length) {
      if (!asked.write(piece)) await new Promise((resolve) => asked.once('drain', resolve));
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    asked.end();
    expect(await textOf(await message)).toBe(`PUT ${uploadBytes}`);
    console.info(
      `Upload of ${uploadBytes / mebibyte} MiB: the process with gateway, link and both ends grew by ${((peak - before) / mebibyte).toFixed(0)} MiB`,
    );
    expect(peak - before).toBeLessThan(256 * mebibyte);
  });
});
