import { execFile, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningKernel } from './kernel.ts';
import { execIn, isAlive, sshClient, temporaryFolder, testRuntime, testSpec, until } from './testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'mounted'));
  await writeFile(join(folder.path, 'mounted', 'keep.txt'), 'keep');
});
afterEach(() => folder.remove());

const data = () => join(folder.path, 'data');
const mounts = () => [{ target: 'mine', source: join(folder.path, 'mounted'), readOnly: false }];
const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Every way to leave a shell behind that people and daemons use; each writes its pid to a file of the home. */
const escapes = [
  'setsid nohup sleep 1000 >/dev/null 2>&1 & echo $! > p1',
  '(setsid sh -c "echo \\$\\$ > $HOME/p2; exec sleep 1000" >/dev/null 2>&1 &) ; (trap "" TERM HUP; echo $BASHPID > p3; while :; do sleep 1; done) >/dev/null 2>&1 &',
  `python3 - <<'P'
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir('/')
        [os.close(fd) for fd in (0, 1, 2)]
        open(os.environ['HOME'] + '/p4', 'w').write(str(os.getpid()))
        time.sleep(1000)
    os._exit(0)
P`,
].join('\n');

async function pidsOf(home: string, names: readonly string[]): Promise<number[]> {
  const read = (name: string) => readFile(join(home, name), 'utf8').catch(() => '');
  await until(
    async () => (await Promise.all(names.map(read))).every((text) => text.trim() !== ''),
    10_000,
    () => 'no pids written',
  );
  return (await Promise.all(names.map(read))).map(Number);
}

async function holdersOf(kernelId: string): Promise<string[]> {
  const found = await promisify(execFile)('sh', [
    '-c',
    `grep -lsF "BACKENDAI_KERNEL_ID=${kernelId}" /proc/[0-9]*/environ || :`,
  ]);
  return found.stdout.split('\n').filter(Boolean);
}

describe('stop', () => {
  it('leaves nothing running, deletes the home and keeps mounted folders', async () => {
    const { runtime } = await testRuntime(data());
    const spec = testSpec({ mounts: mounts() });
    const kernel = await runtime.start(spec);
    const client = await sshClient(kernel, spec.userKey.privatePem);
    await execIn(client, escapes);
    const pids = await pidsOf(kernel.home, ['p1', 'p2', 'p3', 'p4']);
    // A folder nobody may enter, and links out of the home: none of it may stop or mislead the deletion.
    await execIn(
      client,
      'mkdir -p ro/a/b && touch ro/a/b/c && chmod 000 ro/a/b && chmod 500 ro/a && ln -s / root && ln -s mine mine2',
    );
    expect(pids.every(isAlive)).toBe(true);
    client.end();
    await Promise.all([kernel.stop(), kernel.stop()]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await holdersOf(spec.kernelId)).toEqual([]);
    expect(await readdir(join(data(), 'sessions'))).toEqual([]);
    expect(await readFile(join(folder.path, 'mounted', 'keep.txt'), 'utf8')).toBe('keep');
    await expect(kernel.connect('sshd')).rejects.toMatchObject({ kind: 'refused' });
    await runtime.dispose();
  });

  it('finds a daemon that emptied its environment and left the tree', async () => {
    const { runtime } = await testRuntime(data());
    const spec = testSpec();
    const kernel = await runtime.start(spec);
    const client = await sshClient(kernel, spec.userKey.privatePem);
    // Its parent lives long enough for the tracker to see both once; then it is an orphan without environment.
    const inner = 'sh -c "echo \\$\\$ > $HOME/q; exec setsid sleep 1000" & sleep 2.5';
    await writeFile(join(kernel.home, 'daemon.sh'), `HOME=${kernel.home}\n${inner}\n`);
    await execIn(client, 'env -i sh daemon.sh >/dev/null 2>&1');
    const [orphan] = await pidsOf(kernel.home, ['q']);
    expect(isAlive(orphan ?? 0)).toBe(true);
    expect(await readFile(`/proc/${orphan}/environ`, 'utf8')).not.toContain('BACKENDAI_KERNEL_ID');
    await kernel.stop();
    expect(isAlive(orphan ?? 0)).toBe(false);
    client.end();
    await runtime.dispose();
  });

  it('is fast, also for several at once', async () => {
    const { runtime } = await testRuntime(data());
    const kernels = await Promise.all([1, 2, 3].map(() => runtime.start(testSpec())));
    for (const kernel of kernels) await kernel.connect('sshd');
    const startMs = performance.now();
    await runtime.dispose();
    expect(performance.now() - startMs).toBeLessThan(2000);
    expect(await readdir(join(data(), 'sessions'))).toEqual([]);
    await expect(runtime.start(testSpec())).rejects.toThrow(/ending/);
  });

  it('works although the supervisor was killed', async () => {
    const { runtime } = await testRuntime(data());
    const spec = testSpec();
    const kernel = await runtime.start(spec);
    const { stdout } = await promisify(execFile)('pgrep', ['-f', `berth-supervisor ${spec.kernelId}`]);
    process.kill(Number(stdout.trim()), 'SIGKILL');
    expect(await kernel.ended).toBe(null);
    await kernel.stop();
    expect(await readdir(join(data(), 'sessions'))).toEqual([]);
    await runtime.dispose();
  });
});

describe('start', () => {
  it('runs the bootstrap script once, in the home, into the logs', async () => {
    const { runtime } = await testRuntime(data());
    const script = 'pwd\necho to-stderr >&2\necho $BACKENDAI_SESSION_NAME >> ran\nexit 3\n';
    const kernel = await runtime.start(testSpec({ sessionName: 'boot', bootstrapScript: script }));
    expect(await readFile(join(kernel.home, 'ran'), 'utf8')).toBe('boot\n');
    await until(
      () => kernel.logs().includes('to-stderr'),
      2000,
      () => kernel.logs(),
    );
    expect(kernel.logs()).toContain(`${kernel.home}\n`);
    expect(kernel.logs()).toContain('bootstrap.sh ended (3)');
    await runtime.dispose();
  });

  it('refuses an id that is a path, and mounts that cannot be, leaving nothing', async () => {
    const { runtime } = await testRuntime(data());
    const source = join(folder.path, 'mounted');
    await expect(runtime.start(testSpec({ kernelId: '../../mounted' }))).rejects.toThrow(/no kernel id/);
    for (const [target, from] of [
      ['../out', source],
      ['gone', join(folder.path, 'nothing')],
      ['a//b', source],
    ] as const) {
      await expect(runtime.start(testSpec({ mounts: [{ target, source: from, readOnly: false }] }))).rejects.toThrow(
        /folder|shown/i,
      );
    }
    const nested = [...mounts(), { target: 'mine/inner', source, readOnly: false }];
    await expect(runtime.start(testSpec({ mounts: nested }))).rejects.toThrow(/another mounted folder/);
    expect(await readdir(join(data(), 'sessions'))).toEqual([]);
    expect(await readdir(source)).toEqual(['keep.txt']);
    await runtime.dispose();
  });

  it('measures what the kernel uses', async () => {
    const { runtime } = await testRuntime(data());
    const spec = testSpec();
    const kernel = await runtime.start(spec);
    const client = await sshClient(kernel, spec.userKey.privatePem);
    const busy = execIn(client, 'timeout 2 sh -c "while :; do :; done"');
    await until(
      async () => {
        const { memBytes, cpuUsedMs } = await kernel.usage();
        return memBytes > 100_000 && cpuUsedMs >= 100;
      },
      10_000,
      () => 'nothing measured',
    );
    await busy;
    const after = await kernel.usage();
    expect(after.cpuUsedMs).toBeGreaterThanOrEqual(100);
    expect((await kernel.usage()).cpuUsedMs).toBeGreaterThanOrEqual(after.cpuUsedMs);
    client.end();
    await runtime.dispose();
  });
});

/** Bundles the runtime as the app's build does and starts a kernel in a process of its own. */
async function startHost(): Promise<{ pid: number; home: string; kill: () => void; folder: string }> {
  const { build } = await import('vite');
  const root = join(import.meta.dirname, '../..');
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true });
  const out = await mkdtemp(join(root, 'node_modules/.cache/berth-host-'));
  const entry = join(out, 'host.ts');
  const here = import.meta.dirname;
  await writeFile(
    entry,
    `import { createKernelRuntime } from '${here}/runtime.ts';
     import { testSpec, sshClient, execIn } from '${here}/testing.ts';
     const runtime = await createKernelRuntime({ dataDir: process.argv[2], sshd: 'builtin', log: () => {} });
     const spec = testSpec({ kernelId: process.argv[3], bootstrapScript: process.argv[4], mounts: JSON.parse(process.argv[5]), environment: process.argv[6] });
     const kernel = await runtime.start(spec);
     if (process.argv[6] === 'python-jupyter') await kernel.ensureService('jupyter', { arguments: {}, envs: {} });
     console.log(kernel.home);
     setInterval(() => {}, 1000);`,
  );
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    build: { ssr: entry, outDir: join(out, 'dist'), emptyOutDir: false, target: 'node20' },
    ssr: { external: ['ssh2', '@lydell/node-pty'] },
  });
  const [file] = await readdir(join(out, 'dist'));
  const child = spawn(
    process.execPath,
    [join(out, 'dist', file ?? ''), data(), kernelId, `#!/bin/bash\n${escapes}`, JSON.stringify(mounts()), environment],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const home = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', () => reject(new Error('the host ended')));
  });
  return { pid: child.pid ?? 0, home, kill: () => child.kill('SIGKILL'), folder: out };
}

const kernelId = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
let environment = 'shell';

describe('SIGKILL of the process that hosts the runtime', () => {
  it.each(['shell', 'python-jupyter'])('leaves nothing running within 5 s (%s)', async (name) => {
    environment = name;
    const host = await startHost();
    try {
      const pids = await pidsOf(host.home, ['p1', 'p2', 'p3', 'p4']);
      expect(pids.every(isAlive)).toBe(true);
      host.kill();
      await until(
        async () => !pids.some(isAlive) && (await holdersOf(kernelId)).length === 0,
        5000,
        () => 'still running',
      );
      await until(
        async () => !(await exists(host.home)),
        5000,
        () => 'the home is still there',
      );
      expect(await readFile(join(folder.path, 'mounted', 'keep.txt'), 'utf8')).toBe('keep');
    } finally {
      host.kill();
      await rm(host.folder, { recursive: true, force: true });
    }
  });
});

describe('a new runtime on the folder of a dead one', () => {
  it('sweeps what is left, and only that', async () => {
    const sessions = join(data(), 'sessions');
    const left = join(sessions, kernelId);
    const sockets = await mkdtemp(join(await realpath(tmpdir()), 'berth-'));
    await mkdir(join(left, 'work', 'deep'), { recursive: true });
    await symlink(join(folder.path, 'mounted'), join(left, 'work', 'mine'));
    await chmod(join(left, 'work', 'deep'), 0o500);
    await writeFile(join(left, 'owner'), `${process.pid}:1`);
    await writeFile(join(left, 'sockets'), sockets);
    const foreign = join(sessions, 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee');
    await mkdir(foreign);
    await writeFile(join(foreign, 'sockets'), folder.path);
    const { runtime } = await testRuntime(data());
    expect(await readdir(sessions)).toEqual([]);
    expect(await exists(sockets)).toBe(false);
    expect(await readFile(join(folder.path, 'mounted', 'keep.txt'), 'utf8')).toBe('keep');
    const kernel: RunningKernel = await runtime.start(testSpec());
    const second = await testRuntime(data());
    expect(await exists(kernel.home)).toBe(true);
    await second.runtime.dispose();
    await runtime.dispose();
  });
});
