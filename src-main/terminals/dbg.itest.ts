import { it } from 'vitest';
import { systemClock } from '/work/main/src-main/base/clock.ts';
import { connectSsh } from '/work/main/src-main/links/ssh-connection.ts';
import { loadSsh2 } from '/work/main/src-main/links/ssh2-internals.ts';
import { WsDuplex } from '/work/main/src-main/links/ws-duplex.ts';
import { startRealSshServer } from '/work/main/src-main/links/testing/real-ssh-server.ts';
import { startTestSite, testRef } from '/work/main/src-main/links/testing/test-site.ts';
it('x', async () => {
  const { ssh2 } = loadSsh2();
  const orig = ssh2.Client.prototype.connect;
  let lines: string[] = [];
  ssh2.Client.prototype.connect = function (this: any, cfg: any) { return orig.call(this, { ...cfg, debug: (l: string) => lines.push(l) }); } as any;
  const server = await startRealSshServer('dropbear');
  const site = await startTestSite();
  site.ports.set('sshd', server.port);
  for (let i = 0; i < 150; i++) {
    lines = [];
    const api = site.accounts.api('x');
    const c = await connectSsh({ transport: new WsDuplex(await api.openTunnel(testRef.sessionId, 'sshd', 'tcpproxy')), privateKey: server.privateKey, hostVerifier: () => true, clock: systemClock });
    try {
      const p = await c.exec('echo hi'); for await (const x of p) void x;
      const s = await c.shell({ cols: 80, rows: 24 });
      if (i%3 == 0) { s.write('exit\n'); s.resume(); await new Promise(r => s.once('close', r)); }
      if (i % 3 == 1) {  s.destroy(); const t = await c.shell({ cols: 80, rows: 24 }); t.destroy();  }
      if (i % 3 == 2) { await new Promise(r => s.once('data', r)); s.destroy(); const t = await c.shell({ cols: 80, rows: 24 }); t.destroy();  }

    } catch (e) { console.log(i, e, '\n' + lines.slice(-45).join('\n')); console.log('FAILED', i%3); }
    c.end();
  }
  await site.close(); await server.stop();
});
