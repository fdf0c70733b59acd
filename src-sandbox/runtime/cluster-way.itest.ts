import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { KernelSpec } from './kernel.ts';
import { checkSystemServer } from './ssh/system-server.ts';
import { execIn, sshClient, temporaryFolder, testKeys, testRuntime, testSpec } from './testing.ts';

const hosts = ['main1', 'sub1', 'sub2'];

/** Specs of one session's kernels, which share its keys. */
function clusterSpecs(changes: Partial<KernelSpec> = {}): KernelSpec[] {
  const key = testKeys();
  const { sessionId, userKey } = testSpec();
  return hosts.map((host, rank) => {
    const role = rank === 0 ? 'main' : 'sub';
    const cluster = { hosts, host, role, index: rank === 0 ? 1 : rank, rank, key } as const;
    return testSpec({ sessionId, userKey, cluster, ...changes });
  });
}

function sendTo(client: Client, host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    client.forwardOut('127.0.0.1', 1, host, port, (error, channel) => {
      if (error) resolve(error.message);
      else channel.once('data', (data: Buffer) => resolve(data.toString()));
    });
  });
}

describe.each(['builtin', 'openssh', 'dropbear'] as const)('the kernels of a session, with %s', (sshd) => {
  it('are reached from each other by name, with a key of the session, and by nothing on TCP', async (context) => {
    const problem = sshd === 'builtin' ? null : await checkSystemServer(sshd).then(() => null, String);
    if (problem) context.skip(problem);
    const folder = await temporaryFolder();
    const { runtime } = await testRuntime(join(folder.path, 'data'), { sshd });
    try {
      // A PATH of the person's own must not lead to the plain program.
      const specs = clusterSpecs({ environ: { PATH: process.env.PATH ?? '' } });
      const [main, sub] = await Promise.all(specs.slice(0, 2).map((spec) => runtime.start(spec)));
      const spec = specs[0];
      if (!main || !sub || !spec) throw new Error('unreachable');
      const client = await sshClient(main, spec.userKey.privatePem);
      const ssh = 'ssh -n -o BatchMode=yes -o ConnectTimeout=5 -o LogLevel=ERROR';
      const told = await execIn(client, `${ssh} -- sub1 'echo $BACKENDAI_CLUSTER_HOST; pwd; exit 3'`);
      expect(told).toEqual({ code: 3, signal: null, stderr: '', stdout: `sub1\n${sub.home}\n` });
      expect((await execIn(client, `${ssh} sub1 "${ssh} main1 pwd"`)).stdout).toBe(`${main.home}\n`);
      // The kernel that was not started, and names that are nobody's.
      expect(await execIn(client, `${ssh} sub2 true`)).toMatchObject({ code: 255 });
      expect(await execIn(client, `${ssh} db.invalid true`)).toMatchObject({ code: 255 });

      const bytes = randomBytes(3_000_000);
      await writeFile(join(main.home, 'there'), bytes);
      const copy = 'scp there sub1:back && scp sub1:back .';
      expect(await execIn(client, copy)).toMatchObject({ code: 0, stderr: '' });
      expect((await readFile(join(main.home, 'back'))).equals(bytes)).toBe(true);

      const server = createServer((socket) => socket.end('from a port'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      expect(await sendTo(client, 'sub1', port)).toBe('from a port');
      // Its server is behind a socket of the session's, not behind a port of this computer.
      if (sshd === 'builtin') expect(await sendTo(client, 'sub1', 2200)).toMatch(/^SSH-2\.0-berth_sandbox/);
      server.close();

      // Another session's key opens nothing here.
      await writeFile(join(main.home, '..', 'config', 'ssh', 'id_cluster'), testKeys().privatePem);
      expect(await execIn(client, `${ssh} sub1 true`)).toMatchObject({ code: 255 });
      client.end();
    } finally {
      await runtime.dispose();
      await folder.remove();
    }
  });
});
