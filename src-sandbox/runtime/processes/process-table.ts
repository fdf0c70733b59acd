/** The machine's processes at one moment, and which of them belong to a kernel. Linux only; elsewhere it is empty. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks after boot; with the pid it names a process for good. */
  readonly start: string;
  readonly cpuTicks: number;
  readonly rssPages: number;
}

/** Parses one /proc/PID/stat. The command's name may hold spaces and brackets, so fields count from the last `)`. */
export function parseStat(text: string): ProcessRow | null {
  const open = text.indexOf(' (');
  const close = text.lastIndexOf(') ');
  if (open < 0 || close < 0) return null;
  const fields = text.slice(close + 2).split(' ');
  const at = (index: number): number => Number(fields[index] ?? 0);
  if (fields[0] === 'Z' || fields[0] === 'X' || fields.length < 22) return null;
  return {
    pid: Number(text.slice(0, open)),
    parent: at(1),
    group: at(2),
    session: at(3),
    start: fields[19] ?? '',
    cpuTicks: at(11) + at(12),
    rssPages: at(21),
  };
}

/** `pid:start` of a process, which names it for good; only the pid where the machine has no /proc. */
export function processName(pid: number): string | null {
  try {
    const row = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return row ? `${pid}:${row.start}` : null;
  } catch {
    if (process.platform === 'linux') return null;
  }
  try {
    process.kill(pid, 0);
    return `${pid}:`;
  } catch {
    return null;
  }
}

/** Reads all of /proc; about 10 µs a process. */
export function readProcessTable(): ProcessRow[] {
  if (process.platform !== 'linux') return [];
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    if (name < '0' || name > '9~') continue;
    try {
      const row = parseStat(readFileSync(`/proc/${name}/stat`, 'latin1'));
      if (row) rows.push(row);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return rows;
}

/** Members = the seeds, what descends from them, and what is in a session or group that one of them leads. */
export function closeOver(rows: readonly ProcessRow[], seeds: ReadonlySet<number>): ProcessRow[] {
  const members = new Set<number>();
  for (const row of rows) if (seeds.has(row.pid)) members.add(row.pid);
  for (let grown = true; grown; ) {
    grown = false;
    for (const row of rows) {
      if (members.has(row.pid) || row.pid === process.pid || row.pid <= 1) continue;
      if (members.has(row.parent) || members.has(row.group) || members.has(row.session)) {
        members.add(row.pid);
        grown = true;
      }
    }
  }
  return rows.filter((row) => members.has(row.pid));
}
