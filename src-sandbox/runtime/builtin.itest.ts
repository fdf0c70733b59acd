import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { AuthHandlerMiddleware, Client, ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelRuntime, RunningKernel } from './kernel.ts';
import { execIn, shellIn, sshClient, temporaryFolder, testKeys, testRuntime, testSpec } from './testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let runtime: KernelRuntime;
let kernel: RunningKernel;
let client: Client;
const mounted = () => join(folder.path, 'mounted');
const cluster = { hosts: ['main1', 'sub1'], host: 'main1', role: 'main', index: 1, rank: 0, key: testKeys() } as const;
const spec = () => testSpec({ sessionName: 'builtin', cluster });
let key: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(mounted());
  ({ runtime } = await testRuntime(join(folder.path, 'data')));
  const base = spec();
  key = base.userKey.privatePem;
  kernel = await runtime.start({ ...base, mounts: [{ target: 'sets/mine', source: mounted(), readOnly: false }] });
  client = await sshClient(kernel, key);
});

afterAll(async () => {
  client?.end();
  await runtime?.dispose();
  await folder?.remove();
});

describe('shell', () => {
  it('has a terminal, a prompt, the home and resizes', async () => {
    const { channel, seen } = await shellIn(client);
    await seen(/work@main1:~\$ $/);
    channel.write('stty size; pwd; echo $TERM-$BACKENDAI_CLUSTER_HOST-$USER; tty\n');
    await seen(/30 100\r\n/);
    await seen(new RegExp(`${kernel.home}\\r\\nxterm-256color-main1-work\\r\\n/dev/pts/\\d+`));
    channel.setWindow(41, 133, 0, 0);
    channel.write('stty size\n');
    await seen(/41 133\r\n/);
    channel.write(`sh -c 'echo st""arted; sleep 100'\n`);
    await seen(/started\r\n/);
    channel.write('\x03');
    await seen(/\^C[\s\S]*\$ $/);
    const exit = new Promise((resolve) => channel.on('exit', resolve));
    channel.write('exit 3\n');
    expect(await exit).toBe(3);
  });

  it('takes a large paste without losing a byte', async () => {
    const { channel, seen } = await shellIn(client);
    await seen(/\$ $/);
    const paste = randomBytes(400_000).toString('base64');
    channel.write(`stty raw -echo; echo rea''dy; head -c ${paste.length} | sha256sum; stty sane\n`);
    await seen(/ready/);
    channel.write(paste);
    await seen(new RegExp(createHash('sha256').update(paste).digest('hex')));
    channel.end('exit\n');
  });

  it('gives all of a large output to a reader that pauses', async () => {
    const { channel, seen } = await shellIn(client);
    await seen(/\$ $/);
    channel.write("stty -onlcr; echo go''; seq 1 300000; echo do''ne\n");
    await seen(/go\r?\n/);
    channel.pause();
    setTimeout(() => channel.resume(), 700);
    await seen(/\n299999\n300000\ndone/);
    channel.end('exit\n');
  });

  it('ends when its window is closed', async () => {
    const { channel, seen } = await shellIn(client);
    channel.write('echo pid=$$; sleep 1000\n');
    const pid = Number((await seen(/pid=(\d+)/))[1]);
    channel.close();
    await expect
      .poll(
        () =>
          lstat(`/proc/${pid}`).then(
            () => true,
            () => false,
          ),
        { timeout: 5000 },
      )
      .toBe(false);
  });
});

describe('exec', () => {
  it('reports exit codes, keeps stderr apart, ends the input', async () => {
    expect(await execIn(client, 'cat; echo err >&2; exit 7', 'in')).toEqual({
      code: 7,
      signal: null,
      stdout: 'in',
      stderr: 'err\n',
    });
  });

  it('reports a signal', async () => {
    expect(await execIn(client, 'kill -TERM $$')).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('runs on a terminal when asked', async () => {
    expect(await execIn(client, 'test -t 1 && echo yes; exit 4', '', true)).toMatchObject({
      code: 4,
      stdout: 'yes\r\n',
    });
  });

  it('passes signals on', async () => {
    const result = await new Promise((resolve, reject) => {
      client.exec('trap "echo got; exit 5" INT; echo up; while :; do sleep 0.05; done', (error, channel) => {
        if (error) return reject(error);
        let out = '';
        channel.on('data', (data: Buffer) => {
          out += data;
          if (out === 'up\n') channel.signal('INT');
        });
        channel.on('exit', (code: number) => resolve({ code, out }));
        return undefined;
      });
    });
    expect(result).toEqual({ code: 5, out: 'up\ngot\n' });
  });

  it('keeps stdout and stderr whole when both wait for window', async () => {
    const command = 'head -c 20000000 /dev/zero | tr "\\0" a & head -c 20000000 /dev/zero | tr "\\0" b >&2; wait';
    const result = await execIn(client, command);
    expect([result.stdout.length, result.stderr.length, result.code]).toEqual([20_000_000, 20_000_000, 0]);
    expect(/^a+$/.test(result.stdout) && /^b+$/.test(result.stderr)).toBe(true);
  });

  it('shows nothing of the environment of the sandbox', async () => {
    process.env.BERTH_TEST_SECRET = 'canary';
    const { stdout } = await execIn(client, 'env');
    delete process.env.BERTH_TEST_SECRET;
    expect(stdout).not.toMatch(/canary|^NODE_|^npm_|VITEST|node_modules\/\.bin/m);
    expect(stdout).toMatch(/^LANG=C\.UTF-8$/m);
  });
});

describe('a process of the session', () => {
  it("holds none of the sandbox's descriptors, such as other terminals", async () => {
    const { channel, seen } = await shellIn(client);
    await seen(/\$ $/);
    const { stdout } = await execIn(client, 'ls -l /proc/self/fd');
    expect(stdout.match(/ -> /g)).toHaveLength(4);
    expect(stdout).not.toContain('ptmx');
    const other = await shellIn(client);
    other.channel.write('ls -l /proc/self/fd; echo do""ne\n');
    expect((await other.seen(/[\s\S]*done/))[0]).not.toContain('ptmx');
    channel.end('exit\n');
    other.channel.end('exit\n');
  });
});

describe('login', () => {
  it('refuses a foreign key and other users', async () => {
    await expect(sshClient(kernel, testKeys().privatePem)).rejects.toThrow(/authentication/i);
    await expect(sshClient(kernel, key, { username: 'root' })).rejects.toThrow(/authentication/i);
  });

  it('refuses a key of its own that somebody names and cannot sign with', async () => {
    const { default: ssh2 } = await import('ssh2');
    const [known, foreign] = [key, testKeys().privatePem].map((pem) => ssh2.utils.parseKey(pem) as ParsedKey);
    if (!known || !foreign) throw new Error('no keys');
    const named = Object.assign(known, { sign: (data: Buffer) => foreign.sign(data) });
    const authHandler = [{ type: 'publickey', username: 'work', key: named }] as unknown as AuthHandlerMiddleware;
    await expect(sshClient(kernel, key, { authHandler })).rejects.toThrow(/authentication/i);
  });

  it('refuses a password', async () => {
    const sock = await kernel.connect('sshd');
    const { default: ssh2 } = await import('ssh2');
    const other = new ssh2.Client();
    const failed = new Promise((resolve) => other.once('error', resolve));
    other.connect({ sock, username: 'work', password: '' });
    expect(String(await failed)).toMatch(/authentication/i);
  });

  it('serves many connections at once, as one person may have', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => sshClient(kernel, key)));
    const answers = await Promise.all(clients.map((one, index) => execIn(one, `echo ${index}`)));
    expect(answers.map((answer) => answer.stdout)).toEqual(['0\n', '1\n', '2\n', '3\n', '4\n']);
    for (const one of clients) one.end();
  });
});

describe('files', () => {
  it('shows mounted folders and writes through to them', async () => {
    expect(
      (await execIn(client, 'echo hello > sets/mine/a.txt; cat id_container | head -1; stat -c %a id_container .'))
        .stdout,
    ).toMatch(/PRIVATE KEY-----\n600\n700\n/);
    expect(await readFile(join(mounted(), 'a.txt'), 'utf8')).toBe('hello\n');
    expect((await kernel.readFile('/home/work/id_container', 100_000)).toString()).toBe(key);
    expect((await kernel.readFile('sets/mine/a.txt', 100)).toString()).toBe('hello\n');
  });
});

describe('forward', () => {
  it('reaches a TCP port of this computer, both ways half-closed', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const hash = createHash('sha256');
      socket.on('data', (data) => hash.update(data));
      socket.on('end', () => socket.end(hash.digest('hex')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const data = randomBytes(5_000_000);
    const answer = await new Promise<string>((resolve, reject) => {
      client.forwardOut('127.0.0.1', 1, 'localhost', address.port, (error, channel) => {
        if (error) return reject(error);
        let text = '';
        channel.on('data', (part: Buffer) => {
          text += part;
        });
        channel.on('close', () => resolve(text));
        channel.end(data);
        return undefined;
      });
    });
    server.close();
    expect(answer).toBe(createHash('sha256').update(data).digest('hex'));
  });

  it('forwards to nowhere else, and says when nothing listens', async () => {
    const attempt = (host: string, port: number) =>
      new Promise<string>((resolve) => {
        client.forwardOut('127.0.0.1', 1, host, port, (error) => resolve(error ? error.message : 'open'));
      });
    // A port that does answer here, under names that are not this computer's.
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await attempt('main1', port)).toBe('open');
    // A name of the session whose kernel does not run.
    expect(await attempt('sub1', port)).toMatch(/open failure/i);
    expect(await attempt('sub2', port)).toMatch(/open failure/i);
    expect(await attempt('10.0.0.1', port)).toMatch(/open failure/i);
    expect(await attempt('example.org', port)).toMatch(/open failure/i);
    server.close();
    expect(await attempt('127.0.0.1', 1)).toMatch(/open failure/i);
  });
});

describe('speed', () => {
  it('moves 100 MB over one channel', async () => {
    const startMs = performance.now();
    const { stdout } = await execIn(client, 'head -c 100000000 /dev/zero | tee >(sha256sum >&2) | wc -c');
    expect(stdout.trim()).toBe('100000000');
    await writeFile(join(mounted(), 'x'), '');
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });
});
