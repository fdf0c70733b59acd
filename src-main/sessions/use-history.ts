/**
 * What sessions used over the last hours, in memory while Berth runs. Bounded: all sessions together take at most
 * `budgetBytes`. A session's series that is full halves its older half, so that the last minutes stay fine while
 * hours still fit.
 */
import type { Session, UseHistory as UseHistoryValue } from '../../src-preload/contract/sessions.ts';

export const metrics = ['cpuCores', 'memBytes', 'gpus', 'gpuMemBytes'] as const;
type Metric = (typeof metrics)[number];
export type Reading = Readonly<Record<Metric, number | null>>;

/** One row: the time in seconds since the series began, then the metrics; 4 bytes each. NaN is: not told. */
const width = 1 + metrics.length;
const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
const firstRows = 16;
/** At one look each 20 s: about an hour in full, and hours before it of a point each `coarseMs`. */
const mostRows = 400;
const coarseMs = 150_000;
const fewestRows = 8;
const keptMs = 12 * 3_600_000;
export const budgetBytes = 8 * 1024 * 1024;

/** Pure: what of a session's measurements is kept. Accelerators are `<prefix>_util` and `<prefix>_mem` (API reference, 4.13). */
export function readingOf({ live, metrics: told }: Pick<Session, 'live' | 'metrics'>): Reading {
  const sum = (kind: '_util' | '_mem'): number | null => {
    const values = (told ?? []).flatMap(({ name, current }) =>
      name.endsWith(kind) && name !== 'cpu_util' && current !== null ? [current] : [],
    );
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const percent = sum('_util');
  return {
    cpuCores: live?.cpuCores ?? null,
    memBytes: live?.memBytes ?? null,
    gpus: percent === null ? null : percent / 100,
    gpuMemBytes: sum('_mem'),
  };
}

class Series {
  readonly beganMs: number;
  lastMs: number;
  #rows = new Float32Array(firstRows * width);
  #count = 0;

  constructor(nowMs: number) {
    this.beganMs = nowMs;
    this.lastMs = nowMs;
  }

  get bytes(): number {
    return this.#rows.byteLength;
  }

  add(nowMs: number, reading: Reading, most: number): void {
    this.squeeze(most - 1);
    this.#hold(Math.min(most, Math.max(firstRows, this.#count >= this.#capacity ? this.#count * 2 : this.#capacity)));
    const at = this.#count++ * width;
    this.#rows[at] = (nowMs - this.beganMs) / 1000;
    for (const [index, metric] of metrics.entries()) this.#rows[at + 1 + index] = reading[metric] ?? Number.NaN;
    this.lastMs = nowMs;
  }

  /** To at most this many rows, and the memory of one more. */
  squeeze(most: number): void {
    while (this.#count > most) this.#thin();
    if (this.#capacity > most + 1) this.#hold(most + 1);
  }

  forget(beforeMs: number): void {
    let first = 0;
    while (first < this.#count && this.#time(first) < beforeMs) first++;
    if (first > 0) this.#dropFirst(first);
  }

  /** At most `points` rows from `sinceMs` on; where there are more, neighbours become their mean. */
  read(sessionId: string, sinceMs: number, points: number): UseHistoryValue {
    let first = 0;
    while (first < this.#count && this.#time(first) < sinceMs) first++;
    const answer = empty(sessionId);
    const step = Math.ceil((this.#count - first) / points);
    const groups = step === 0 ? 0 : Math.ceil((this.#count - first) / step);
    // Counted from the end, so that the newest ones are as many as the others.
    for (let group = groups - 1; group >= 0; group--) {
      const end = this.#count - group * step;
      answer.at.push(Math.round(this.#time(end - 1)));
      for (const [index, metric] of metrics.entries())
        answer[metric].push(this.#mean(Math.max(first, end - step), end, index + 1));
    }
    return answer;
  }

  get #capacity(): number {
    return this.#rows.length / width;
  }

  #time(row: number): number {
    return this.beganMs + (this.#rows[row * width] ?? 0) * 1000;
  }

  #mean(begin: number, end: number, column: number): number | null {
    let sum = 0;
    let told = 0;
    for (let row = begin; row < end; row++) {
      const value = this.#rows[row * width + column] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      told++;
    }
    return told === 0 ? null : sum / told;
  }

  /** Neighbours in the older half become one row, their mean at the later time, unless it would stand for too long. */
  #thin(): void {
    const half = Math.floor(this.#count / 2);
    let to = 0;
    for (let row = 0; row < half; row++) {
      const next = row + 1;
      const since = to === 0 ? this.beganMs : this.#time(to - 1);
      const merges = next < half && this.#time(next) - since <= coarseMs;
      const means = metrics.map((_, index) => this.#mean(row, merges ? next + 1 : next, index + 1) ?? Number.NaN);
      this.#rows[to * width] = this.#rows[(merges ? next : row) * width] ?? 0;
      this.#rows.set(means, to * width + 1);
      if (merges) row++;
      to++;
    }
    this.#rows.copyWithin(to * width, half * width, this.#count * width);
    this.#count -= half - to;
    // Nothing left to merge: the oldest go.
    if (to === half) this.#dropFirst(Math.max(1, this.#count >> 3));
  }

  #dropFirst(rows: number): void {
    this.#rows.copyWithin(0, rows * width, this.#count * width);
    this.#count -= rows;
  }

  #hold(rows: number): void {
    if (rows === this.#capacity) return;
    const held = new Float32Array(rows * width);
    held.set(this.#rows.subarray(0, this.#count * width));
    this.#rows = held;
  }
}

function empty(sessionId: string): UseHistoryValue {
  return { sessionId, at: [], cpuCores: [], memBytes: [], gpus: [], gpuMemBytes: [] };
}

export class UseHistory {
  readonly #series = new Map<string, Series>();
  readonly #budgetBytes: number;

  constructor(budget = budgetBytes) {
    this.#budgetBytes = budget;
  }

  /** What all series take. */
  get bytes(): number {
    let sum = 0;
    for (const series of this.#series.values()) sum += series.bytes;
    return sum;
  }

  /** What each of these sessions uses at `nowMs`; the ones that are told of no longer are kept for hours. */
  add(nowMs: number, readings: Iterable<readonly [sessionId: string, reading: Reading]>): void {
    for (const [sessionId, reading] of readings) {
      let series = this.#series.get(sessionId);
      if (series === undefined) {
        series = new Series(nowMs);
        this.#series.set(sessionId, series);
        this.#makeRoom();
      }
      series.add(nowMs, reading, this.#rowsEach());
    }
    for (const [sessionId, series] of this.#series) {
      if (series.lastMs < nowMs - keptMs) this.#series.delete(sessionId);
      else series.forget(nowMs - keptMs);
    }
    if (this.bytes > this.#budgetBytes)
      for (const series of this.#series.values()) series.squeeze(this.#rowsEach() - 1);
  }

  read(sessionId: string, sinceMs: number, points: number): UseHistoryValue {
    return this.#series.get(sessionId)?.read(sessionId, sinceMs, points) ?? empty(sessionId);
  }

  forget(keep: (sessionId: string) => boolean): void {
    for (const sessionId of this.#series.keys()) if (!keep(sessionId)) this.#series.delete(sessionId);
  }

  #rowsEach(): number {
    const fair = Math.floor(this.#budgetBytes / (this.#series.size * rowBytes));
    return Math.max(fewestRows, Math.min(mostRows, fair));
  }

  /** More sessions than the budget has room for: the ones told of longest ago go. */
  #makeRoom(): void {
    const most = Math.floor(this.#budgetBytes / (fewestRows * 2 * rowBytes));
    if (this.#series.size <= most) return;
    let oldest: [string, Series] | undefined;
    for (const entry of this.#series) if (oldest === undefined || entry[1].lastMs < oldest[1].lastMs) oldest = entry;
    if (oldest !== undefined) this.#series.delete(oldest[0]);
  }
}
