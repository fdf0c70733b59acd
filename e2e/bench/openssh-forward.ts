/** The reference for tunnels: OpenSSH's server on a loopback port, and its client's `ssh -L` to the source. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../hosts/free-port.ts';

async function reachable(port: number): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const ok = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        done(true);
      });
      socket.once('error', () => done(false));
    });
    if (ok) return;
    if (Date.now() > until) throw new Error(`nothing listens on ${port}`);
  }
}

export interface Forward {
  readonly port: number;
  stop(): Promise<void>;
}

/** @param folder for keys and configuration */
export async function opensshForward(folder: string, target: number): Promise<Forward> {
  mkdirSync('/run/sshd', { recursive: true });
  const file = (name: string) => join(folder, name);
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  copyFileSync(file('user.pub'), file('authorized'));
  chmodSync(file('authorized'), 0o600);
  const serverPort = await freePort();
  const localPort = await freePort();
  writeFileSync(
    file('sshd_config'),
    [
      `Port ${serverPort}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized')}`,
      'UsePAM no',
      'PidFile none',
      'StrictModes no',
      'PermitRootLogin yes',
    ].join('\n'),
  );
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], { stdio: 'ignore' });
  await reachable(serverPort);
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const client = spawn(
    'ssh',
    [
      ...['-N', '-F', 'none', '-i', file('user'), '-p', String(serverPort)],
      ...options.flatMap((option) => ['-o', option]),
      ...['-L', `127.0.0.1:${localPort}:127.0.0.1:${target}`, 'root@127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  await reachable(localPort);
  const gone = (child: typeof server) =>
    new Promise<void>((done) => (child.exitCode !== null ? done() : child.once('exit', () => done())));
  return {
    port: localPort,
    stop: async () => {
      client.kill();
      server.kill();
      await Promise.all([gone(client), gone(server)]);
    },
  };
}
