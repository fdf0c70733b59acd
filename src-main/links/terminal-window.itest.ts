/** What a real SSH server sends ahead into a terminal that nobody reads, and that all of it comes once somebody does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { connectSsh, type SshConnection } from './ssh-connection.ts';
import { firstWindowBytes } from './terminal-window.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from './testing/real-ssh-server.ts';
import { startTestSite, type TestSite, testRef } from './testing/test-site.ts';
import { WsDuplex } from './ws-duplex.ts';

const reason = whyNot('dropbear') ?? whyNot('sshd');
if (reason) console.warn(`Skipped: ${reason}`);

const lines = 400_000;

describe.skipIf(reason !== null).each(['dropbear', 'sshd'] as const)('a terminal of %s', (kind) => {
  let server: RealSshServer;
  let site: TestSite;
  let connection: SshConnection;

  beforeAll(async () => {
    server = await startRealSshServer(kind);
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    site = await startTestSite();
    site.ports.set('sshd', server.port);
    const api = site.accounts.api(testRef.accountId);
    connection = await connectSsh({
      transport: new WsDuplex(await api.openTunnel(testRef.sessionId, 'sshd', 'tcpproxy')),
      identities: [{ kind: 'key', key: server.privateKey }],
      hostVerifier: () => true,
      clock: systemClock,
    });
  });
  afterEach(async () => {
    connection?.end();
    await site.close();
  });

  /** Bytes that came in until no more did. */
  async function whenStill(): Promise<number> {
    let last = -1;
    let since = Date.now();
    await until(
      () => {
        if (connection.bytesIn !== last) {
          last = connection.bytesIn;
          since = Date.now();
        }
        return Date.now() - since > 500;
      },
      'nothing more comes',
      30_000,
    );
    return last;
  }

  it('holds back what a stopped reader would have to catch up with, and loses nothing of it', async () => {
    const channel = await connection.exec(`seq 1 ${lines}; echo end`, { cols: 80, rows: 24 });
    let text = '';
    // Stops after the first output, as a window without credit does.
    await new Promise<void>((done) =>
      channel.once('data', (chunk: Buffer) => {
        channel.pause();
        text += chunk;
        done();
      }),
    );
    const ahead = await whenStill();
    expect(ahead).toBeLessThan(firstWindowBytes * 1.5);
    channel.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    channel.resume();
    await until(() => text.endsWith('end\r\n'), 'the rest', 30_000);
    const wanted = `${Array.from({ length: lines }, (_, at) => `${at + 1}\r\n`).join('')}end\r\n`;
    expect(text.length).toBe(wanted.length);
    expect(text === wanted).toBe(true);
  });

  it('goes on however often its reader stops', async () => {
    const channel = await connection.exec(`seq 1 ${lines}`, { cols: 80, rows: 24 });
    let bytes = 0;
    channel.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      channel.pause();
      setImmediate(() => channel.resume());
    });
    const wanted = Array.from({ length: lines }, (_, at) => String(at + 1).length + 2).reduce((sum, it) => sum + it, 0);
    await until(() => bytes === wanted, 'all of it', 60_000);
  });
});
