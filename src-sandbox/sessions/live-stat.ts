/**
 * `live_stat` and `last_stat`: measured figures of a kernel's processes, and GPU figures that are made up.
 */
import type { KernelUsage } from '../runtime/kernel.ts';
import { showAmount, wholeUnits } from '../slots/amount.ts';
import type { Session, SessionKernel, UsageSums } from './session.ts';

/** Older figures are read again, in the background, when someone asks for them. */
const freshMs = 2000;

type Metric = Readonly<Record<string, string | null>>;

/** Takes a reading into what the kernel is said to use. */
export function noteUsage(kernel: SessionKernel, usage: KernelUsage, now = performance.now()): void {
  const { lastUsage, usageSums: before } = kernel;
  const seconds = before === null ? 0 : (now - before.at) / 1000;
  const rate = (bytes: number, earlier: number) => (seconds > 0 ? Math.max(0, bytes - earlier) / seconds : 0);
  kernel.usageSums = {
    readings: (before?.readings ?? 0) + 1,
    cpuPercentSum: (before?.cpuPercentSum ?? 0) + usage.cpuUtilPercent,
    cpuPercentMost: Math.max(before?.cpuPercentMost ?? 0, usage.cpuUtilPercent),
    memBytesSum: (before?.memBytesSum ?? 0) + usage.memBytes,
    memBytesMost: Math.max(before?.memBytesMost ?? 0, usage.memBytes),
    readRate: rate(usage.ioReadBytes, lastUsage?.ioReadBytes ?? usage.ioReadBytes),
    writeRate: rate(usage.ioWriteBytes, lastUsage?.ioWriteBytes ?? usage.ioWriteBytes),
    at: now,
  };
  kernel.lastUsage = usage;
}

const threeDigits = (value: number): string => String(Number(value.toFixed(3)));

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
export function liveStat(
  session: Session,
  usage: KernelUsage,
  sums: UsageSums | null,
): Readonly<Record<string, Metric>> {
  const { requested } = session.order;
  const memory = Number(wholeUnits(requested.mem ?? 0n));
  const shares = requested['cuda.shares'] ?? 0n;
  return {
    cpu_util: {
      ...metric(usage.cpuUtilPercent * 10, 1000, 'percent'),
      ...(sums && {
        'stats.avg': threeDigits((sums.cpuPercentSum / sums.readings) * 10),
        'stats.max': threeDigits(sums.cpuPercentMost * 10),
      }),
    },
    cpu_used: metric(usage.cpuUsedMs, null, 'msec'),
    mem: {
      ...metric(usage.memBytes, memory, 'bytes'),
      ...(sums && {
        'stats.avg': threeDigits(sums.memBytesSum / sums.readings),
        'stats.max': threeDigits(sums.memBytesMost),
      }),
    },
    io_read: {
      ...metric(usage.ioReadBytes, null, 'bytes'),
      ...(sums && { 'stats.rate': threeDigits(sums.readRate) }),
    },
    io_write: {
      ...metric(usage.ioWriteBytes, null, 'bytes'),
      ...(sums && { 'stats.rate': threeDigits(sums.writeRate) }),
    },
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
  const { lastUsage, usageSums } = session.main;
  return lastUsage === null ? null : liveStat(session, lastUsage, usageSums);
}

/** Starts reading the kernel's figures when they are old. Never waits: whoever asks gets the last ones at once. */
export function refreshUsage(kernel: SessionKernel, now = performance.now()): void {
  const { running } = kernel;
  if (running === null || now - kernel.usageReadAt < freshMs) return;
  kernel.usageReadAt = now;
  running.usage().then(
    (usage) => {
      noteUsage(kernel, usage);
    },
    // The kernel may end while it is being read; the last figures stay, as a manager keeps them.
    () => undefined,
  );
}
