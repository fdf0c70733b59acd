/**
 * The way from one kernel of a session into the others by their names, as agents lay it (tunnels reference, 3.10): a key of
 * the session's own, an SSH configuration, and `ssh` that reads it. Nothing listens on TCP: a kernel has one Unix socket for
 * each host of its session, in a folder of its own, behind which that host's SSH server is.
 */
import { appendFile, chmod, lstat, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { findProgram } from './environments/lookup.ts';
import type { KernelSpec } from './kernel.ts';

/** Bytes between the socket and standard input and output, for `ssh`: a program that Debian and macOS always have. */
const dialScript = `use strict;
use Socket;
socket(my $peer, PF_UNIX, SOCK_STREAM, 0) or die "$!\\n";
connect($peer, sockaddr_un($ARGV[0])) or die "$ARGV[0]: $!\\n";
sub carry {
  my ($from, $to) = @_;
  while (sysread($from, my $bytes, 65536)) {
    for (my $at = 0; $at < length $bytes; ) {
      $at += syswrite($to, $bytes, length($bytes) - $at, $at) // exit;
    }
  }
}
# So ssh ends it: both processes hold the one socket, and none may keep it open behind the other.
$SIG{HUP} = $SIG{TERM} = sub { shutdown($peer, 2); exit };
if (!(my $child = fork)) {
  close STDIN;
  carry($peer, \\*STDOUT);
  exit;
}
# Whoever reads is told of the end only when nobody holds the other side of it.
close STDOUT;
carry(\\*STDIN, $peer);
shutdown($peer, 1);
wait;
`;

/** For `sh`. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** For a value of an SSH configuration, where `%` begins a word of its own. */
function plain(text: string): string {
  return text.replaceAll('%', '%%');
}

export interface WayPlace {
  readonly home: string;
  readonly kernelFolder: string;
  /** Private to the kernel, with a short path. */
  readonly socketFolder: string;
  /** Where programs are found. */
  readonly path: string;
}

const doorsOf = (place: WayPlace): string => join(place.socketFolder, 'hosts');

/**
 * Writes the key, the configuration and `ssh`.
 * @returns folders to put in front of PATH; none for a session of one kernel.
 */
export async function layWay(spec: KernelSpec, place: WayPlace): Promise<string[]> {
  const { cluster } = spec;
  if (!cluster?.key) return [];
  const own = join(place.kernelFolder, 'config', 'ssh');
  await mkdir(own, { recursive: true, mode: 0o700 });
  const key = join(own, 'id_cluster');
  await writeFile(key, cluster.key.privatePem, { mode: 0o600 });
  await chmod(key, 0o600);
  await writeFile(`${key}.pub`, `${cluster.key.publicLine.trim()}\n`, { mode: 0o644 });
  const dial = join(own, 'dial');
  await writeFile(dial, dialScript, { mode: 0o600 });
  await writeConfig(cluster.hosts, key, dial, place);
  return await writePrograms(place);
}

/** A mounted `.ssh` is the person's own: nothing is written into it, and what its configuration says counts. */
async function writeConfig(hosts: readonly string[], key: string, dial: string, place: WayPlace): Promise<void> {
  const ssh = join(place.home, '.ssh');
  if ((await lstat(ssh)).isSymbolicLink()) return;
  const perl = (await findProgram('perl', place.path)) ?? 'perl';
  const lines = [
    `Host ${hosts.join(' ')}`,
    '\tPort 2200',
    '\tUser work',
    '\tStrictHostKeyChecking no',
    `\tUserKnownHostsFile "${plain(join(ssh, 'known_hosts'))}"`,
    `\tIdentityFile "${plain(key)}"`,
    '\tIdentitiesOnly yes',
    '\tIdentityAgent none',
    `\tProxyCommand ${plain([perl, dial].map(quote).join(' '))} ${plain(quote(`${doorsOf(place)}/`))}%h`,
  ];
  // A person's dotfiles may have brought one already, which then comes first, as in a container.
  await appendFile(join(ssh, 'config'), `\n${lines.join('\n')}\n`, { mode: 0o600 });
  await chmod(join(ssh, 'config'), 0o600);
}

/** OpenSSH looks for its configuration in the home of the account, which is the person's own here and not the kernel's. */
async function writePrograms(place: WayPlace): Promise<string[]> {
  const folder = join(place.kernelFolder, 'bin');
  await mkdir(folder, { mode: 0o700 });
  const config = quote(join(place.home, '.ssh', 'config'));
  for (const name of ['ssh', 'scp', 'sftp']) {
    const program = await findProgram(name, place.path);
    if (program === null) continue;
    const script = `#!/bin/sh\n[ -r ${config} ] && exec ${quote(program)} -F ${config} "$@"\nexec ${quote(program)} -F none "$@"\n`;
    await writeFile(join(folder, name), script, { mode: 0o700 });
  }
  return [folder];
}

export interface Doors {
  /** Closes them and everything that goes through. */
  close(): void;
}

/**
 * Listens for what `ssh` wants of the session's hosts.
 * @param dial a fresh connection to the SSH server of a host; rejects when it is not there.
 */
export async function openDoors(
  spec: KernelSpec,
  place: WayPlace,
  dial: (host: string) => Promise<Duplex>,
  log: (line: string) => void,
): Promise<Doors | null> {
  if (!spec.cluster?.key) return null;
  const { hosts } = spec.cluster;
  await mkdir(doorsOf(place), { mode: 0o700 });
  const through = new Set<Socket>();
  const servers = await Promise.all(
    hosts.map(async (host) => {
      const server = createServer((socket) => {
        through.add(socket);
        socket.once('close', () => through.delete(socket));
        socket.on('error', () => socket.destroy());
        dial(host).then(
          (inside) => carry(socket, inside),
          (error: unknown) => {
            log(`ssh ${host}: ${error instanceof Error ? error.message : String(error)}`);
            socket.destroy();
          },
        );
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(join(doorsOf(place), host), resolve);
      });
      server.on('error', (error) => log(`ssh ${host}: ${error.message}`));
      return server;
    }),
  );
  return {
    close: () => {
      for (const server of servers) server.close();
      for (const socket of through) socket.destroy();
    },
  };
}

function carry(socket: Socket, inside: Duplex): void {
  socket.pipe(inside);
  inside.pipe(socket);
  inside.on('error', () => socket.destroy());
  inside.once('close', () => socket.destroySoon());
  socket.once('close', () => inside.destroy());
  if (socket.destroyed) inside.destroy();
}
