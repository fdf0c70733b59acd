/** The relay in a real SSH server's container: byte streams that outlive the link, to the byte. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { LinksService, SessionUse } from '../links/links-service.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { linksOver } from '../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../links/testing/test-site.ts';
import { Relay } from './relay.ts';

const reason = whyNot('dropbear');
if (reason) console.warn(`Skipped: ${reason}`);

/** Of each direction. */
const bytes = 12 * 1024 * 1024;

describe.skipIf(reason !== null)('relay', () => {
  let server: RealSshServer;
  let site: TestSite;
  let links: LinksService;
  let use: SessionUse;
  let relay: Relay;
  let service: Server;
  let port: number;
  let onConnection: (socket: Socket) => void;
  const sockets = new Set<Socket>();

  const startLinks = (ssh: RealSshServer): void => {
    site.key = ssh.privateKey;
    site.ports.set('sshd', ssh.port);
    links = linksOver(site);
    use = links.acquire(testRef, { kind: 'app', service: 'jupyter' });
    relay = new Relay({ connection: (signal) => use.ready(signal), clock: systemClock });
  };

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    site = await startTestSite();
    startLinks(server);
    service = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      onConnection(socket);
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const address = service.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterEach(async () => {
    await use.dispose();
    await links.dispose();
    await site.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => service.close(resolve));
  });

  const opened = async (): Promise<Duplex> => {
    const stream = await relay.open(port);
    if (!stream) throw new Error('No relay');
    return stream;
  };

  it('loses and doubles no byte, whenever the link is cut', async () => {
    const up = randomBytes(bytes);
    const down = randomBytes(bytes);
    const hashOf = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    let cuts = 0;
    const got = { up: createHash('sha256'), upBytes: 0, down: createHash('sha256'), downBytes: 0 };
    /** In pieces with pauses, so that cuts fall into the middle. */
    const sendSlowly = async (to: Duplex, data: Buffer): Promise<void> => {
      for (let at = 0; at < data.length; at += 40_000) {
        // However fast the machine: a fifth more only after the next cut.
        while (cuts < 3 && at > bytes * 0.2 * (cuts + 1)) await new Promise((resolve) => setTimeout(resolve, 15));
        if (!to.write(data.subarray(at, at + 40_000))) await once(to, 'drain');
        if (at % 280_000 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
      }
    };
    onConnection = (socket) => {
      socket.on('end', () => socket.end());
      socket.on('data', (chunk) => {
        got.up.update(chunk);
        got.upBytes += chunk.length;
      });
      void sendSlowly(socket, down);
    };
    const stream = await opened();
    let hasClosed = false;
    stream.on('close', () => {
      hasClosed = true;
    });
    stream.on('data', (chunk: Buffer) => {
      got.down.update(chunk);
      got.downBytes += chunk.length;
    });
    void sendSlowly(stream, up);
    let stallNext = false;
    while (got.upBytes < bytes || got.downBytes < bytes) {
      await new Promise((resolve) => setTimeout(resolve, 120));
      // Without the waits that grow from one loss to the next.
      if (use.state !== 'up') use.retry();
      // The last part passes uncut, so that the end below finds a connection.
      const isNearEnd = Math.max(got.upBytes, got.downBytes) > bytes * 0.75;
      if (cuts >= 6 || isNearEnd || use.state !== 'up') continue;
      cuts += 1;
      // Either the connection breaks, or it is silent first: what is written then is lost with it.
      if (stallNext) {
        site.stall();
        await new Promise((resolve) => setTimeout(resolve, 100));
        site.cut();
        site.unstall();
      } else site.cut();
      stallNext = !stallNext;
    }
    expect(cuts).toBeGreaterThanOrEqual(3);
    expect([got.upBytes, got.downBytes]).toEqual([bytes, bytes]);
    expect(got.up.digest('hex')).toBe(hashOf(up));
    expect(got.down.digest('hex')).toBe(hashOf(down));
    expect(hasClosed).toBe(false);
    expect(sockets.size).toBe(1);
    stream.destroy();
    await until(() => sockets.size === 0, 'closed at the service');
  });

  it('passes the end of either side, and says no where nothing listens', async () => {
    onConnection = (socket) => {
      socket.write('hello');
      socket.on('end', () => socket.end());
      socket.resume();
    };
    const first = await opened();
    expect(String((await once(first, 'data'))[0])).toBe('hello');
    first.end();
    await once(first, 'close');
    await until(() => sockets.size === 0, 'ended by the window');
    const second = await opened();
    await once(second, 'data');
    for (const socket of sockets) socket.end();
    second.resume();
    await once(second, 'close');
    await new Promise((resolve) => service.close(resolve));
    expect(await relay.open(port)).toBeNull();
    service.listen(port, '127.0.0.1');
    await once(service, 'listening');
    (await opened()).destroy();
  });

  it('holds back a service whose window does not read, and a window whose link is away', async () => {
    let written = 0;
    const block = Buffer.alloc(256 * 1024, 1);
    onConnection = (socket) => {
      const more = (): void => {
        while (written < 400 * 1024 * 1024) {
          written += block.length;
          if (!socket.write(block)) {
            socket.once('drain', more);
            return;
          }
        }
      };
      more();
    };
    const stream = await opened();
    let last = -1;
    await until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        const isSteady = written === last;
        last = written;
        return isSteady;
      },
      'held back',
      20_000,
    );
    // What the relay keeps, the link's window, and buffers of sockets on the way.
    expect(written).toBeLessThan(32 * 1024 * 1024);
    site.cutAndStayAway();
    await until(() => use.state !== 'up', 'away');
    let sent = 0;
    while (stream.write(block) && sent < 400 * 1024 * 1024) sent += block.length;
    await until(
      async () => {
        let took = false;
        stream.once('drain', () => {
          took = true;
        });
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (!took) return true;
        while (stream.write(block)) sent += block.length;
        return false;
      },
      'window held back',
      20_000,
    );
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    stream.destroy();
    site.mend();
  });

  it('lets nobody in without its secret', async () => {
    onConnection = (socket) => socket.end('secret of the service');
    const stream = await opened();
    stream.destroy();
    const shown = await listening();
    expect(shown.addresses).toContainEqual(expect.stringMatching(/^0100007F:/));
    expect(shown.addresses.filter((address) => !address.startsWith('0100007F:'))).toEqual([]);
    const connection = await use.ready();
    const answerTo = async (line: string): Promise<string> => {
      const channel = await connection.forward(shown.port);
      let answer = '';
      channel.on('data', (chunk: Buffer) => {
        answer += chunk.toString();
      });
      channel.write(line);
      await once(channel, 'close');
      return answer;
    };
    for (const line of [
      `berth1 ${'x'.repeat(43)} a ${port} 0\n`,
      `berth1  a ${port} 0\n`,
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '\n',
    ]) {
      expect(await answerTo(line), line).toBe('');
    }
    expect(sockets.size).toBe(0);
    // Everyone in the container can read the arguments and the environment of its own user's processes; this is not there.
    expect(shown.command).toContain('berth-relay');
    expect(shown.command).not.toMatch(/[\w-]{43}/);
  });

  it('is not asked for where there is no Python', async () => {
    const bare = await startRealSshServer('dropbear', ['/usr/bin/python3']);
    try {
      await use.dispose();
      await links.dispose();
      site.cut();
      startLinks(bare);
      expect(await relay.open(port)).toBeNull();
      const startedAt = performance.now();
      expect(await relay.open(port)).toBeNull();
      expect(performance.now() - startedAt).toBeLessThan(50);
    } finally {
      await use.dispose();
      await links.dispose();
      await bare.stop();
    }
  });

  /** The relay as the kernel shows it, over a session of its own. */
  async function listening(): Promise<{ addresses: string[]; port: number; command: string }> {
    const connection = await use.ready();
    const channel = await connection.exec(
      'for f in /proc/[0-9]*/cmdline; do if tr "\\0" " " < $f 2>/dev/null | grep -q "berth-relay *$"; then p=$(dirname $f); ' +
        'tr "\\0" " " < $f; echo; for d in $p/fd/*; do readlink $d; done | sed -n "s/^socket:.\\([0-9]*\\).$/\\1/p" | while read i; do ' +
        'grep -E " 0A .* $i " /proc/net/tcp; done; fi; done',
    );
    let text = '';
    channel.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await once(channel, 'close');
    const addresses = [...text.matchAll(/^\s*\d+: ([0-9A-F]{8}:[0-9A-F]{4})/gm)].map((match) => match[1] ?? '');
    const last = addresses.at(-1) ?? '';
    return { addresses, port: Number.parseInt(last.split(':')[1] ?? '0', 16), command: text };
  }
});
