import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { checkSystemServer } from './ssh/system-server.ts';
import { execIn, isAlive, shellIn, sshClient, temporaryFolder, testKeys, testRuntime, testSpec } from './testing.ts';

describe.each(['openssh', 'dropbear'] as const)('%s', (sshd) => {
  it('offers shell, exec and SFTP as user work, and leaves nothing', async (context) => {
    const problem = await checkSystemServer(sshd).then(
      () => null,
      (error: Error) => error.message,
    );
    if (problem) context.skip(problem);
    const folder = await temporaryFolder();
    const { runtime } = await testRuntime(join(folder.path, 'data'), { sshd });
    try {
      const spec = testSpec({ environ: { MINE: "it's $HOME" } });
      const kernel = await runtime.start(spec);
      await expect(sshClient(kernel, testKeys().privatePem)).rejects.toThrow();
      const client = await sshClient(kernel, spec.userKey.privatePem);
      expect(
        await execIn(client, 'cat; whoami; pwd; echo $MINE $BACKENDAI_CLUSTER_HOST; echo e >&2; exit 7', 'in\n'),
      ).toEqual({
        code: 7,
        signal: null,
        stdout: `in\nwork\n${kernel.home}\nit's $HOME main1\n`,
        stderr: 'e\n',
      });
      const { channel, seen } = await shellIn(client);
      await seen(/work@main1:~\$ $/);
      channel.write('stty size\n');
      await seen(/30 100/);
      channel.setWindow(40, 120, 0, 0);
      channel.write('stty size; (setsid sleep 1000 & echo p=$!)\n');
      await seen(/40 120/);
      const pid = Number((await seen(/p=(\d+)/))[1]);
      const data = randomBytes(5_000_000);
      await writeFile(join(folder.path, 'up'), data);
      const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
        client.sftp((error, made) => (error ? reject(error) : resolve(made)));
      });
      await new Promise<void>((resolve, reject) => {
        sftp.fastPut(join(folder.path, 'up'), 'up', (error) => (error ? reject(error) : resolve()));
      });
      const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
      expect(hash(await readFile(join(kernel.home, 'up')))).toBe(hash(data));
      expect(isAlive(pid)).toBe(true);
      await kernel.stop();
      expect(isAlive(pid)).toBe(false);
      client.end();
    } finally {
      await runtime.dispose();
      await folder.remove();
    }
  });
});
