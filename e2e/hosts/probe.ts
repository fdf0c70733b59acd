/** The inside of a browser host that was started with `probe.mjs`: how late its event loop is, what it holds. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Started } from './process.ts';

/** A host that was just woken, on a machine with much else to do, that writes all of its heap. */
const answerWithinMs = 60_000;

/** Milliseconds, and how many moments they stand for. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

export interface ProbeReport {
  readonly sequence: number;
  /**
   * How long something that comes at any moment waits for the event loop, since the report before. `all`: by the clock;
   * `own`: without the time in which others held the processors, so that it tells of this process alone.
   */
  readonly delays: { readonly all: LoopDelay; readonly own: LoopDelay };
  /** Share of the time since the report before in which the loop worked, 0 to 1. */
  readonly busy: number;
  /** Bytes, after a full collection where the host can be asked for one. */
  readonly memory: {
    readonly rss: number;
    readonly heapUsed: number;
    readonly external: number;
    readonly arrayBuffers: number;
  };
  /** What keeps the loop alive, by Node's own names. */
  readonly resources: Readonly<Record<string, number>>;
  /** Whether ssh2 runs with its native part. */
  readonly native: boolean;
}

/** Flags of Node for a host that can be looked into. */
export const probeFlags: readonly string[] = [
  '--expose-gc',
  '--trace-warnings',
  '--import',
  join(root, 'e2e/hosts/probe.mjs'),
];
export const withoutNativeFlags: readonly string[] = ['--import', join(root, 'e2e/hosts/without-native.mjs')];

export class Probe {
  readonly #process: Started;
  readonly #file: string;
  #sequence = 0;

  /** @param file the host's BERTH_PROBE */
  constructor(process: Started, file: string) {
    this.#process = process;
    this.#file = file;
  }

  /** Writes a heap snapshot to this file; the host stands still meanwhile. */
  async writeHeap(path: string): Promise<void> {
    writeFileSync(`${this.#file}.heap`, path);
    await this.look();
  }

  /** Looks now; counting begins anew. The first look begins the counting of delays. */
  async look(): Promise<ProbeReport> {
    this.#sequence += 1;
    this.#process.child.kill('SIGWINCH');
    const until = Date.now() + answerWithinMs;
    for (;;) {
      const report = this.#read();
      if (report?.sequence === this.#sequence) return report;
      if (Date.now() > until) throw new Error('the host does not answer its probe');
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  #read(): ProbeReport | null {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as ProbeReport;
    } catch {
      // Not there yet.
      return null;
    }
  }
}
