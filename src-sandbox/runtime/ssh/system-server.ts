/**
 * OpenSSH or dropbear of this machine as a kernel's SSH server, for tests and measurements against the real thing: Linux,
 * root. One server process a connection on a Unix socket, nothing listens on TCP. In a mount namespace of its own,
 * /etc/passwd has a user `work` whose home is the kernel's, and the session's hosts have names. Their direct-tcpip reaches TCP ports only, not the services.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { connectPooled } from '../pooled-reads.ts';
import type { SshServer } from './builtin-server.ts';
import type { ShellSettings } from './session-channel.ts';

export type SystemServerKind = 'openssh' | 'dropbear';

const programs = { openssh: '/usr/sbin/sshd', dropbear: '/usr/sbin/dropbear' } as const;

/** Covers files of /etc in this process's own mount namespace, then becomes the server. */
const wrapper = `
set -e
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/shells" /etc/shells
mount --bind "$1/hosts" /etc/hosts
shift
exec "$@"
`;

/** @throws Error in words where this machine cannot run it. */
export async function checkSystemServer(kind: SystemServerKind): Promise<void> {
  const where = `The sandbox cannot use ${kind} as the SSH server of sessions on this computer: `;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`${where}that needs Linux and root. Start it with the built-in server instead.`);
  }
  for (const program of [programs[kind], '/usr/bin/unshare', '/usr/bin/mount']) {
    await access(program).catch(() => {
      throw new Error(`${where}${program} is not installed. Install it or start with the built-in server.`);
    });
  }
}

/**
 * @param folder private to the kernel, with a short path: it gets the socket and the generated files.
 * @param hostKeyPath PEM file of the kernel's host key.
 * @param hosts names of the session's containers, all of them this computer.
 */
export async function startSystemServer(
  kind: SystemServerKind,
  folder: string,
  hostKeyPath: string,
  settings: ShellSettings,
  hosts: readonly string[],
): Promise<SshServer> {
  await checkSystemServer(kind);
  const own = join(folder, 'ssh');
  await mkdir(own, { mode: 0o700 });
  const loginShell = await writeLoginFiles(own, settings, hosts);
  const command =
    kind === 'openssh'
      ? await opensshCommand(own, hostKeyPath, settings.forwarding)
      : await dropbearCommand(own, hostKeyPath, settings.forwarding);
  const children = new Set<ChildProcess>();
  const socketPath = join(own, 's');
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = serveOne(own, command, socket, { ...settings, shell: loginShell });
    children.add(child);
    child.once('close', () => children.delete(child));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  server.on('error', (error) => settings.log(`${kind}: ${error.message}`));
  return {
    connect: () => openUnixSocket(socketPath),
    close: () => {
      server.close();
      for (const child of children) child.kill('SIGTERM');
    },
  };
}

function openUnixSocket(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectPooled({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

function serveOne(own: string, command: readonly string[], socket: Socket, settings: ShellSettings): ChildProcess {
  const child = spawn(
    '/usr/bin/unshare',
    ['--mount', '--propagation', 'private', '/bin/sh', '-c', wrapper, 'berth-ssh', own, ...command],
    { cwd: '/', env: settings.environment, stdio: [socket, socket, 'pipe'], detached: true },
  );
  settings.onProcess(child.pid);
  child.stderr?.on('data', (data: Buffer) => settings.log(`sshd: ${data.toString().trim()}`));
  child.once('error', (error) => settings.log(`sshd: ${error.message}`));
  // The child has the connection now; this process keeps no hand on it.
  socket.on('error', () => {});
  socket.destroy();
  return child;
}

/**
 * Both servers start a session with an environment of their own, so that the login shell is a script that sets the
 * kernel's; the marker among it is how the processes are found at the end.
 */
async function writeLoginFiles(own: string, settings: ShellSettings, hosts: readonly string[]): Promise<string> {
  const loginShell = join(own, 'login-shell');
  const exports = Object.entries(settings.environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  const script = [
    '#!/bin/sh',
    ...exports,
    `[ $# -eq 0 ] && exec '${settings.shell}' -l`,
    `exec '${settings.shell}' "$@"`,
    '',
  ];
  await writeFile(loginShell, script.join('\n'), { mode: 0o700 });
  const others = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .filter((line) => line && !line.startsWith('work:'));
  // First, so that uid 0 is called `work` in the session; `*` is "no password", not "locked".
  const work = `work:*:0:0:work:${settings.home}:${loginShell}`;
  await writeFile(join(own, 'passwd'), `${[work, ...others].join('\n')}\n`, { mode: 0o644 });
  await writeFile(join(own, 'shells'), `/bin/sh\n/bin/bash\n${loginShell}\n`, { mode: 0o644 });
  const known = await readFile('/etc/hosts', 'utf8');
  await writeFile(join(own, 'hosts'), `127.0.0.1 ${hosts.join(' ')}\n${known}`, { mode: 0o644 });
  return loginShell;
}

async function opensshCommand(own: string, hostKeyPath: string, forwarding: boolean): Promise<string[]> {
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const config = join(own, 'sshd_config');
  const lines = [
    `HostKey ${hostKeyPath}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AllowUsers work',
    'AuthorizedKeysFile %h/.ssh/authorized_keys',
    'PrintMotd no',
    'PrintLastLog no',
    'UseDNS no',
    `AllowTcpForwarding ${forwarding ? 'yes' : 'no'}`,
    'ClientAliveInterval 15',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
    'LogLevel ERROR',
  ];
  await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  return [programs.openssh, '-i', '-e', '-f', config];
}

async function dropbearCommand(own: string, hostKeyPath: string, forwarding: boolean): Promise<string[]> {
  const converted = join(own, 'dropbear_key');
  await promisify(execFile)('/usr/bin/dropbearconvert', ['openssh', 'dropbear', hostKeyPath, converted]).catch(() =>
    promisify(execFile)('/usr/bin/dropbearkey', ['-t', 'rsa', '-s', '2048', '-f', converted]),
  );
  // As in a container (tunnels reference, 3.6): no passwords, keep-alives, no idle limit. It logs to syslog only with -i.
  return [
    programs.dropbear,
    '-i',
    '-s',
    '-r',
    converted,
    '-K',
    '15',
    '-I',
    '0',
    '-W',
    '2097152',
    ...(forwarding ? [] : ['-j', '-k']),
  ];
}
