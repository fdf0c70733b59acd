/** What a process holds, seen from outside and from inside, so that two moments of rest can be compared. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Probe } from '../hosts/probe.ts';
import { listeningAddresses, processTree } from '../hosts/raw-http.ts';

/** Names and how many there are of each. */
export type Holdings = ReadonlyMap<string, number>;

function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Open files of a process: sockets, pipes and the like by kind, files by path. */
function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [`open ${readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/:?\[.*\]$/, '')}`];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
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
}

/** All that could leak, at this moment. */
export async function holdings(watched: Watched): Promise<Holdings> {
  const { resources } = await watched.probe.look();
  const inside = Object.entries(resources).flatMap(([kind, times]) =>
    Array.from({ length: times }, () => `loop ${kind}`),
  );
  const threads = readdirSync(`/proc/${watched.hostPid}/task`).map(() => 'thread');
  const listening = listeningAddresses([watched.hostPid]).map(() => 'listener');
  const site = programs(watched.sitePid).map((name) => `site ${name}`);
  const siteOpen = openFiles(watched.sitePid).filter((name) => name === 'open socket' || name === 'open pipe');
  return count([
    ...openFiles(watched.hostPid),
    ...siteOpen.map((name) => `site ${name}`),
    ...programs(watched.hostPid),
    ...site,
    ...inside,
    ...threads,
    ...listening,
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
