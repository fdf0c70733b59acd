/** What a process holds, seen from outside and from inside, so that two moments of rest can be compared. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Probe } from '../hosts/probe.ts';
import { processTree } from '../hosts/raw-http.ts';

/** Names and how many there are of each. */
export type Holdings = ReadonlyMap<string, number>;

function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Inodes of the sockets that a process has open. */
function socketInodes(pid: number): Set<string> {
  const found = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
    if (inode) found.add(inode);
  }
  return found;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return '';
  }
}

/** Open files of a process: pipes and the like by kind, files by path; its sockets are told by what they are for. */
function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const target = linkOf(`/proc/${pid}/fd/${fd}`);
    return target === '' || target.startsWith('socket:') ? [] : [`open ${target.replace(/:?\[.*\]$/, '')}`];
  });
}

interface TcpSocket {
  readonly local: number;
  readonly remote: number;
  /** As proc(5) numbers them: 1 established, 8 the other side has closed and this one has not. */
  readonly state: number;
  readonly inode: string;
}

function tcpSockets(pid: number): { readonly tcp: TcpSocket[]; readonly others: number } {
  const inodes = socketInodes(pid);
  const portOf = (address = ''): number => Number.parseInt(address.split(':')[1] ?? '', 16);
  const tcp = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .map((it) => ({ local: portOf(it[1]), remote: portOf(it[2]), state: Number(`0x${it[3]}`), inode: it[9] ?? '' }))
      .filter(({ inode }) => inodes.has(inode)),
  );
  return { tcp, others: inodes.size - tcp.length };
}

/** Sockets of the host by what they are for, so that a connection too many of one kind is not set off by another. */
function hostSockets({ hostPid, ports }: Watched): string[] {
  const { tcp, others } = tcpSockets(hostPid);
  const known = new Map(Object.entries(ports).map(([name, port]) => [port, name]));
  const kindOf = ({ local, remote, state }: TcpSocket): string => {
    if (state === 10) return `listener of ${known.get(local) ?? 'something else'}`;
    if (known.has(local)) return `connection at ${known.get(local)}`;
    return `connection to ${known.get(remote) ?? 'something else'}`;
  };
  return [...tcp.map(kindOf), ...Array.from({ length: others }, () => 'socket of this computer')];
}

/** For people who look for a leak: each connection with its ports and state. */
export function socketsTold({ hostPid }: Watched): string {
  return tcpSockets(hostPid)
    .tcp.map(({ local, remote, state }) => `${local}-${remote} in state ${state}`)
    .sort()
    .join(', ');
}

/** Programs below a process, and it. */
function programs(pid: number): string[] {
  return processTree(pid).flatMap((one) => {
    try {
      return [`process ${readFileSync(`/proc/${one}/comm`, 'utf8').trim()}`];
    } catch {
      return [];
    }
  });
}

export function filesBelow(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSocket())
      .map((entry) => `file ${relative(folder, join(entry.parentPath, entry.name))}`)
      // Its own log grows and turns over by itself.
      .filter((name) => !name.startsWith('file logs/') && !name.startsWith('file probe.json'))
  );
}

export interface Watched {
  readonly hostPid: number;
  readonly sitePid: number;
  readonly dataDir: string;
  /** TMPDIR of the host. */
  readonly tempDir: string;
  readonly probe: Probe;
  /** Of the host and of whom it speaks to, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** All that could leak, at this moment. */
export async function holdings(watched: Watched): Promise<Holdings> {
  const { resources } = await watched.probe.look();
  const inside = Object.entries(resources).flatMap(([kind, times]) =>
    Array.from({ length: times }, () => `loop ${kind}`),
  );
  const threads = readdirSync(`/proc/${watched.hostPid}/task`).map(() => 'thread');
  const site = programs(watched.sitePid).map((name) => `site ${name}`);
  const sitePipes = openFiles(watched.sitePid).filter((name) => name === 'open pipe');
  const siteSockets = [...socketInodes(watched.sitePid)].map(() => 'site socket');
  return count([
    ...openFiles(watched.hostPid),
    ...hostSockets(watched),
    ...sitePipes.map((name) => `site ${name}`),
    ...siteSockets,
    ...programs(watched.hostPid),
    ...site,
    ...inside,
    ...threads,
    ...filesBelow(watched.dataDir),
    ...filesBelow(watched.tempDir).map((name) => `temporary ${name}`),
  ]);
}

/** What there is more of than before. */
export function grown(before: Holdings, after: Holdings): string[] {
  return [...after].flatMap(([name, times]) => {
    const then = before.get(name) ?? 0;
    return times > then ? [`${name}: ${then} before, ${times} now`] : [];
  });
}
