/** Pure: what a session uses now, on average and at most, of what it was given; and what it reads, writes and sends (web client parity P-DETAIL-05). */
import type { Metric } from '../../../src-preload/contract/session-facts.ts';
import type { Session, UseHistory } from '../../../src-preload/contract/sessions.ts';
import { summarize } from './chart-policy.ts';

export const useKinds = ['now', 'average', 'most'] as const;
export type UseKind = (typeof useKinds)[number];

/** `site`: since the session's start, as the site measured; `here`: of the last hour, as far as Berth ran. */
export type UseSource = 'site' | 'here';

export interface UseFigure {
  readonly name: 'cpu' | 'mem' | 'gpu' | 'gpuMem';
  /** CPU in cores, memory in bytes, GPUs in whole ones. */
  readonly now: number;
  readonly average: number;
  readonly most: number;
  readonly source: UseSource;
  readonly given: number | null;
  readonly readings: readonly (number | null)[];
}

const names = { cpu: 'cpuCores', mem: 'memBytes', gpu: 'gpus', gpuMem: 'gpuMemBytes' } as const;

export function figuresOf(session: Session, history: UseHistory | null | undefined): UseFigure[] {
  const gpus = Object.entries(session.slots).reduce(
    (sum, [slot, value]) => (slot === 'cpu' || slot === 'mem' ? sum : sum + (Number(value) || 0)),
    0,
  );
  const given = { cpu: Number(session.slots.cpu ?? 0), mem: Number(session.slots.mem ?? 0), gpu: gpus, gpuMem: null };
  const live = { cpu: session.live?.cpuCores ?? null, mem: session.live?.memBytes ?? null, gpu: null, gpuMem: null };
  const shown = gpus > 0 ? (['cpu', 'mem', 'gpu', 'gpuMem'] as const) : (['cpu', 'mem'] as const);
  return shown.flatMap((name) => {
    const readings = history?.[names[name]] ?? [];
    const summary = summarize(readings);
    const now = live[name] ?? readings.findLast((it) => it !== null) ?? null;
    if (now === null) return [];
    const told = toldBySite(session.metrics ?? [], name);
    const [average, most] = [told?.average ?? summary?.average ?? now, told?.most ?? summary?.most ?? now];
    // An average that the site did not tell makes both Berth's own.
    const source: UseSource = told?.average != null && told.most !== null ? 'site' : 'here';
    return [{ name, now, average, most: Math.max(most, now), source, given: given[name], readings }];
  });
}

function toldBySite(metrics: readonly Metric[], name: UseFigure['name']) {
  const found =
    name === 'cpu' || name === 'mem'
      ? metrics.filter((it) => it.name === (name === 'cpu' ? 'cpu_util' : 'mem'))
      : metrics.filter((it) => it.name !== 'cpu_util' && it.name.endsWith(name === 'gpu' ? '_util' : '_mem'));
  const [only] = found;
  // Averages and maxima of several things say nothing together.
  if (only === undefined || found.length > 1) return null;
  // CPU milliseconds a second; percent of a GPU.
  const scale = name === 'cpu' ? 1000 : name === 'gpu' ? 100 : 1;
  const of = (value: number | null) => (value === null ? null : value / scale);
  return { average: of(only.average), most: of(only.max) };
}

export interface Flow {
  /** In all; null where the site tells only a speed. */
  readonly total: number | null;
  /** Bytes a second. */
  readonly rate: number | null;
}

/** `io_*` grow and have a rate; `net_*` are told as a speed, or grow as well. Null: not told. */
export function flowOf(session: Session, name: 'io_read' | 'io_write' | 'net_rx' | 'net_tx'): Flow | null {
  const metric = session.metrics?.find((it) => it.name === name);
  if (metric === undefined) return null;
  if (metric.unit === 'bps') return { total: null, rate: metric.rate ?? metric.current };
  return { total: metric.current, rate: metric.rate };
}
