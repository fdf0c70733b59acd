/**
 * `live_stat` and `last_stat`: measured figures of a kernel's processes, and GPU figures that are made up.
 */
import type { KernelUsage } from '../runtime/kernel.ts';
import { showAmount, wholeUnits } from '../slots/amount.ts';
import type { Session, SessionKernel } from './session.ts';

/** Older figures are read again, in the background, when someone asks for them. */
const freshMs = 2000;

type Metric = Readonly<Record<string, string | null>>;

/** Two decimals at most, without trailing zeros; the literal `0.00` when there is no capacity, as agents print it. */
function percent(current: number, capacity: number | null): string {
  if (capacity === null || capacity === 0) return '0.00';
  return String(Number(((current / capacity) * 100).toFixed(2)));
}

function metric(current: number, capacity: number | null, unit: string): Metric {
  return {
    current: String(Number(current.toFixed(3))),
    capacity: capacity === null ? null : String(capacity),
    pct: percent(current, capacity),
    unit_hint: unit,
  };
}

/** The map that a kernel's `live_stat` holds as JSON text. `cpu_util` counts CPU milliseconds a second: 1000 is a core. */
export function liveStat(session: Session, usage: KernelUsage): Readonly<Record<string, Metric>> {
  const { requested } = session.order;
  const memory = Number(wholeUnits(requested.mem ?? 0n));
  const shares = requested['cuda.shares'] ?? 0n;
  return {
    cpu_util: metric(usage.cpuUtilPercent * 10, 1000, 'percent'),
    cpu_used: metric(usage.cpuUsedMs, null, 'msec'),
    mem: metric(usage.memBytes, memory, 'bytes'),
    io_read: metric(usage.ioReadBytes, null, 'bytes'),
    io_write: metric(usage.ioWriteBytes, null, 'bytes'),
    // The GPU is simulated: an idle card whose memory is nearly empty.
    ...(shares === 0n
      ? {}
      : {
          cuda_util: metric(0, Number(showAmount(shares)) * 100, 'percent'),
          cuda_mem: metric(0, 17_179_869_184, 'bytes'),
        }),
  };
}

/** The figures of the main kernel as `GET` shows them, or `null` when none were read. */
export function statOf(session: Session): ReturnType<typeof liveStat> | null {
  const { lastUsage } = session.main;
  return lastUsage === null ? null : liveStat(session, lastUsage);
}

/** Starts reading the kernel's figures when they are old. Never waits: whoever asks gets the last ones at once. */
export function refreshUsage(kernel: SessionKernel, now = performance.now()): void {
  const { running } = kernel;
  if (running === null || now - kernel.usageReadAt < freshMs) return;
  kernel.usageReadAt = now;
  running.usage().then(
    (usage) => {
      kernel.lastUsage = usage;
    },
    // The kernel may end while it is being read; the last figures stay, as a manager keeps them.
    () => undefined,
  );
}
