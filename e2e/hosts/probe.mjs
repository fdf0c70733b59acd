// Loaded into a host by `node --import` in benches and soaks only, never by the product: at SIGWINCH it writes what the
// process looks like from inside to the file that BERTH_PROBE names, and begins to count anew. Where a file beside that one
// names a third, all that is alive is written there.
import { existsSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { performance } from 'node:perf_hooks';
import { writeHeapSnapshot } from 'node:v8';

const file = process.env.BERTH_PROBE;
const stepMs = 1;
/** Quarters of a millisecond; longer ones count as the longest. */
const buckets = 4 * 2_000;

/** How late a millisecond clock is. Moments that a late tick skipped count too, each with the wait it would have met. */
class Delays {
  #counts = new Uint32Array(buckets);
  #max = 0;

  add(lateMs) {
    this.#max = Math.max(this.#max, lateMs);
    for (let late = lateMs; late >= 0; late -= stepMs) this.#counts[Math.min(buckets - 1, Math.floor(late * 4))]++;
  }

  take() {
    const counts = this.#counts;
    const total = counts.reduce((sum, it) => sum + it, 0);
    const percentile = (share) => {
      let left = total * share;
      return (
        counts.findIndex((it) => {
          left -= it;
          return left <= 0;
        }) / 4
      );
    };
    const answer = { p50: percentile(0.5), p99: percentile(0.99), max: Math.round(this.#max * 10) / 10, count: total };
    this.#counts = new Uint32Array(buckets);
    this.#max = 0;
    return answer;
  }
}

/** Of the main thread: milliseconds that it was ready to run while others held the processors (Linux). */
const schedule = openSync('/proc/thread-self/schedstat', 'r');
const text = Buffer.alloc(128);
function queuedMs() {
  const [, waited] = text.toString('latin1', 0, readSync(schedule, text, 0, text.length, 0)).split(' ');
  return Number(waited) / 1e6;
}

const all = new Delays();
const own = new Delays();
let timer = null;

function watch() {
  clearTimeout(timer);
  let last = performance.now();
  let lastQueued = queuedMs();
  const tick = () => {
    const now = performance.now();
    const queued = queuedMs();
    // Node's timers have whole milliseconds and may come up to one late by themselves.
    const late = now - last - 2 * stepMs;
    if (late >= 0) {
      all.add(late);
      own.add(Math.max(0, late - (queued - lastQueued)));
    } else {
      all.add(0);
      own.add(0);
    }
    last = now;
    lastQueued = queued;
    timer = setTimeout(tick, stepMs).unref();
  };
  timer = setTimeout(tick, stepMs).unref();
}

let sequence = 0;
let usedBefore = performance.eventLoopUtilization();

// Not SIGUSR2: a package below `conf` takes that for an end and sends it a second time.
process.on('SIGWINCH', () => {
  const delays = { all: all.take(), own: own.take() };
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  // Where the host was started with --expose-gc.
  for (let round = 0; round < 2; round++) globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const busy = performance.eventLoopUtilization(usedBefore).utilization;
  usedBefore = performance.eventLoopUtilization();
  if (existsSync(`${file}.heap`)) {
    const to = readFileSync(`${file}.heap`, 'utf8');
    rmSync(`${file}.heap`);
    writeHeapSnapshot(to);
  }
  sequence += 1;
  const native = Object.keys(Module._cache).some((path) => path.endsWith('sshcrypto.node'));
  const report = { sequence, delays, busy, memory: { rss, heapUsed, external, arrayBuffers }, resources, native };
  writeFileSync(`${file}.new`, JSON.stringify(report));
  renameSync(`${file}.new`, file);
  watch();
});
