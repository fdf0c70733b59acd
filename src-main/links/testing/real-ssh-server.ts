/**
 * Debian's own SSH servers for tests, with a user `work` that exists in their mount namespace only. Needs root, as a CI
 * is; `whyNot` says what is missing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ServerKind = 'dropbear' | 'sshd';

export interface RealSshServer {
  readonly port: number;
  readonly home: string;
  readonly privateKey: string;
  /** What the server printed. */
  log(): string;
  /** Ends the server with everything that runs under it. */
  stop(): Promise<void>;
}

export function whyNot(kind: ServerKind): string | null {
  if (process.getuid?.() !== 0) return 'a pty needs root here';
  return existsSync(`/usr/sbin/${kind}`) ? null : `/usr/sbin/${kind} is not installed`;
}

/** A port below those that the system hands out by itself, which may be another program's before they are used. */
export async function freePort(): Promise<number> {
  const port = randomInt(10_000, 32_000);
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return free ? port : freePort();
}

/** Polls until `check` holds; throws after `withinMs`. */
export async function until(check: () => boolean | Promise<boolean>, what: string, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * @param hidden programs that the server's processes must not find
 * @param uid whose permissions the user `work` has; terminals need root's here
 */
export async function startRealSshServer(
  kind: ServerKind,
  hidden: readonly string[] = [],
  uid = 0,
): Promise<RealSshServer> {
  const dir = await mkdtemp(join(tmpdir(), 'berth-ssh-'));
  const home = join(dir, 'home');
  const port = await freePort();
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  await mkdir(join(dir, 'run'), { mode: 0o755 });
  // dropbear refuses keys below a folder that others may write.
  await chmod(dir, 0o755);
  execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '', '-f', join(dir, 'id')]);
  execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '', '-f', join(dir, 'host')]);
  await copyFile(join(dir, 'id.pub'), join(home, '.ssh', 'authorized_keys'));
  await chmod(join(home, '.ssh', 'authorized_keys'), 0o600);
  for (const path of [home, join(home, '.ssh'), join(home, '.ssh', 'authorized_keys')]) await chown(path, uid, uid);
  await writeFile(
    join(dir, 'passwd'),
    `root:x:0:0:root:/root:/bin/bash\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\nwork:x:${uid}:${uid}:work:${home}:/bin/bash\n`,
  );
  await writeFile(join(dir, 'shadow'), 'root:*:19000:0:99999:7:::\nwork:*:19000:0:99999:7:::\n', { mode: 0o600 });
  await writeFile(
    join(dir, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(dir, 'host')}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin yes',
      'AuthorizedKeysFile .ssh/authorized_keys',
      'PasswordAuthentication no',
      'MaxStartups 100',
      'Subsystem sftp internal-sftp',
    ].join('\n'),
  );
  const command =
    kind === 'sshd'
      ? `exec /usr/sbin/sshd -D -e -f ${join(dir, 'sshd_config')}`
      : `dropbearconvert openssh dropbear ${join(dir, 'host')} ${join(dir, 'host.db')} && ` +
        `exec /usr/sbin/dropbear -F -E -s -K 15 -I 0 -W 2097152 -p 127.0.0.1:${port} -r ${join(dir, 'host.db')} -P ${join(dir, 'pid')}`;
  // Own namespaces: the accounts and /run/sshd exist for the server alone, and its end ends all it started.
  const script =
    `mount --bind ${join(dir, 'passwd')} /etc/passwd && mount --bind ${join(dir, 'shadow')} /etc/shadow && ` +
    hidden.map((path) => `mount --bind /dev/null ${path} && `).join('') +
    `mount -t tmpfs none /run && mkdir -p /run/sshd ${join(dir, 'run')} && ${command}`;
  const child: ChildProcess = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += String(chunk);
  });
  try {
    await until(() => accepts(port), `${kind} on ${port}`);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${kind} did not start: ${log}`, { cause: error });
  }
  return {
    port,
    home,
    privateKey: await readFile(join(dir, 'id'), 'utf8'),
    log: () => log,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
