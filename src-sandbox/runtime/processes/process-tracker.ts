/**
 * Follows the processes of each kernel by looking at the process table every two seconds, so that one that empties its
 * environment and leaves the tree is still known, and adds up what the kernel used.
 */
import { readFile } from 'node:fs/promises';
import type { KernelUsage } from '../kernel.ts';
import { closeOver, type ProcessRow, readProcessTable } from './process-table.ts';

const snapshotEveryMs = 2000;
/** USER_HZ and the page size of every Linux that Node runs on by default; only shown figures depend on them. */
const msPerTick = 10;
const pageBytes = 4096;

/** One kernel's share of the process table. */
export class MemberSet {
  private known = new Map<number, ProcessRow>();
  private readonly roots = new Set<number>();
  private readonly onChange: (members: readonly string[]) => void;
  private finishedTicks = 0;
  private lastAsked = { atMs: performance.now(), ticks: 0 };

  constructor(onChange: (members: readonly string[]) => void) {
    this.onChange = onChange;
  }

  /** A process that the runtime itself started for the kernel. */
  addRoot(pid: number | undefined): void {
    if (pid !== undefined) this.roots.add(pid);
  }

  update(table: readonly ProcessRow[]): void {
    const alive = new Map(table.map((row) => [row.pid, row]));
    const seeds = new Set<number>();
    for (const pid of this.roots) {
      if (alive.has(pid)) seeds.add(pid);
      else this.roots.delete(pid);
    }
    for (const row of this.known.values()) {
      if (alive.get(row.pid)?.start === row.start) seeds.add(row.pid);
      else this.finishedTicks += row.cpuTicks;
    }
    this.known = new Map(closeOver(table, seeds).map((row) => [row.pid, row]));
    this.onChange([...this.known.values()].map((row) => `${row.pid}:${row.start}`));
  }

  async usage(): Promise<KernelUsage> {
    this.update(readProcessTable());
    const rows = [...this.known.values()];
    const ticks = this.finishedTicks + rows.reduce((sum, row) => sum + row.cpuTicks, 0);
    const nowMs = performance.now();
    const sinceMs = Math.max(1, nowMs - this.lastAsked.atMs);
    const cpuUtilPercent = (Math.max(0, ticks - this.lastAsked.ticks) * msPerTick * 100) / sinceMs;
    this.lastAsked = { atMs: nowMs, ticks };
    const io = await Promise.all(rows.map((row) => readIo(row.pid)));
    return {
      cpuUtilPercent,
      cpuUsedMs: ticks * msPerTick,
      memBytes: rows.reduce((sum, row) => sum + row.rssPages, 0) * pageBytes,
      ioReadBytes: io.reduce((sum, one) => sum + one.read, 0),
      ioWriteBytes: io.reduce((sum, one) => sum + one.write, 0),
    };
  }
}

async function readIo(pid: number): Promise<{ read: number; write: number }> {
  // Gone, or not ours to read: counts as nothing.
  const text = await readFile(`/proc/${pid}/io`, 'latin1').catch(() => '');
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return { read: field('read_bytes'), write: field('write_bytes') };
}

/** One timer for all kernels of a sandbox; it runs only while there are any. */
export class ProcessTracker {
  private readonly sets = new Set<MemberSet>();
  private timer: NodeJS.Timeout | null = null;

  add(set: MemberSet): void {
    this.sets.add(set);
    if (this.timer || process.platform !== 'linux') return;
    this.timer = setInterval(() => this.look(), snapshotEveryMs);
    this.timer.unref();
  }

  remove(set: MemberSet): void {
    this.sets.delete(set);
    if (this.sets.size > 0 || !this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  look(): void {
    const table = readProcessTable();
    for (const set of this.sets) set.update(table);
  }
}
