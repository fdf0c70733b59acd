/** The window trap: a server that ignores windows, readers that are slow, and every byte counted. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { connectSsh, type SshConnection } from './ssh-connection.ts';
import { windowLimits } from './ssh-window.ts';
import { loadSsh2 } from './ssh2-internals.ts';
import { type CarelessServer, startCarelessServer } from './testing/careless-server.ts';
import { until } from './testing/real-ssh-server.ts';
import { startTestSite, type TestSite, testRef } from './testing/test-site.ts';
import { WsDuplex } from './ws-duplex.ts';

const total = 100 * 1024 * 1024;

describe('a server that ignores windows', () => {
  let server: CarelessServer;
  let site: TestSite;

  beforeEach(async () => {
    server = await startCarelessServer();
    site = await startTestSite();
    site.ports.set('sshd', server.port);
  });
  afterEach(async () => {
    await site.close();
    await server.stop();
  });

  async function transport(): Promise<WsDuplex> {
    const api = site.accounts.api(testRef.accountId);
    return new WsDuplex(await api.openTunnel(testRef.sessionId, 'sshd', 'tcpproxy'));
  }

  async function connect(limits = windowLimits): Promise<SshConnection> {
    return connectSsh({
      transport: await transport(),
      identities: [{ kind: 'key', key: server.privateKey }],
      hostVerifier: () => true,
      clock: systemClock,
      limits,
    });
  }

  it('loses data with ssh2 as it is: the reason for the guard', async () => {
    const { ssh2 } = loadSsh2();
    const client = new ssh2.Client();
    client.on('error', () => undefined);
    const received = await new Promise<number>((resolve, reject) => {
      client.once('ready', () => {
        client.exec(`send ${total}`, (error, channel) => {
          if (error) {
            reject(error);
            return;
          }
          let bytes = 0;
          setTimeout(() => channel.on('data', (chunk: Buffer) => (bytes += chunk.length)), 2_000);
          channel.on('close', () => resolve(bytes));
        });
      });
      transport().then((sock) =>
        client.connect({ sock, username: 'work', privateKey: server.privateKey, hostVerifier: () => true }),
      );
    });
    client.end();
    expect(received).toBeLessThan(total);
  });

  it('loses nothing with the guard: 100 MB, a reader that stalls and crawls', async () => {
    const connection = await connect();
    const stream = await connection.exec(`send ${total}`);
    await sleep(2_000);
    const hash = createHash('sha256');
    let bytes = 0;
    let next = 8 * 1024 * 1024;
    for await (const chunk of stream) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes >= next) {
        next += 8 * 1024 * 1024;
        await sleep(100);
      }
    }
    expect(bytes).toBe(total);
    expect(hash.digest('hex')).toBe(server.sent.hash);
    expect(stream.exitCode).toBe(0);
    connection.end();
  });

  it('holds no more than its limit while nobody reads', async () => {
    const connection = await connect();
    const stream = await connection.exec(`send ${total}`);
    stream.pause();
    await until(() => stream.channel.readableLength >= windowLimits.lowBytes, 'filled', 20_000);
    await sleep(500);
    expect(stream.channel.readableLength).toBeLessThan(windowLimits.highBytes + 512 * 1024);
    // What the sender's own buffers and the sockets hold stays far below the whole.
    expect(server.sent.bytes).toBeLessThan(64 * 1024 * 1024);
    connection.end();
  });

  it('cuts off a reader that stands still, with an error, and keeps the connection', async () => {
    const connection = await connect({ ...windowLimits, stallMs: 1_000 });
    const stream = await connection.exec(`send ${total}`);
    stream.pause();
    const error = await new Promise<Error>((resolve) => stream.once('error', resolve));
    expect(error).toMatchObject({ code: 'tunnel-lost', params: { reason: 'reader-stalled' } });
    const echo = await connection.exec('echo');
    echo.write('still here');
    const answer = await new Promise<string>((resolve) => echo.once('data', (chunk) => resolve(String(chunk))));
    expect(answer).toBe('still here');
    expect(connection.isDead).toBe(false);
    connection.end();
  });

  it('tells a connection that breaks mid-way from an end', async () => {
    const connection = await connect();
    const stream = await connection.exec('cut');
    stream.resume();
    const outcome = await new Promise<string>((resolve) => {
      stream.once('end', () => resolve('end'));
      stream.once('error', () => resolve('error'));
    });
    expect(outcome).toBe('error');
  });
});

describe('a server with weak algorithms only', () => {
  it('is refused with words', async () => {
    const server = await startCarelessServer({ algorithms: { cipher: ['aes128-cbc'] } });
    const site = await startTestSite();
    site.ports.set('sshd', server.port);
    const api = site.accounts.api(testRef.accountId);
    await expect(
      connectSsh({
        transport: new WsDuplex(await api.openTunnel(testRef.sessionId, 'sshd', 'tcpproxy')),
        identities: [{ kind: 'key', key: server.privateKey }],
        hostVerifier: () => true,
        clock: systemClock,
      }),
    ).rejects.toMatchObject({ code: 'unsupported', place: 'container' });
    await site.close();
    await server.stop();
  });
});
