/**
 * Thousands of spoiled answers over every call of the site's API: what comes out is a BerthError or a value of the promised
 * shape, soon, and nothing stays behind. `BERTH_FUZZ_RUNS` and `BERTH_FUZZ_SEED` make it longer or another.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BerthError } from '../../base/berth-error.ts';
import type { Clock } from '../../base/clock.ts';
import { createHmacAuthenticator } from '../authenticator.ts';
import { createSiteApi } from '../create-site-api.ts';
import { seeded } from './testing/mutations.ts';
import { hello, record, spoiledTransport } from './testing/recorder.ts';
import { sampleNames, samples, streaming } from './testing/samples.ts';

const runs = Number(process.env.BERTH_FUZZ_RUNS ?? 10_000);
const seed = Number(process.env.BERTH_FUZZ_SEED ?? 20_261_125);
/** Far more than any of them takes, far less than a hang. */
const limitMs = 5_000;
const growthBytes = 32 * 1024 * 1024;

/** Waits that one call may take: whoever follows something for long is told to stop then. */
const maxWaits = 40;

/** Waits between tries pass at once. */
function hurried(giveUp: () => void): Clock {
  let waits = 0;
  return {
    now: () => Date.now(),
    after(_delayMs, callback) {
      if (++waits > maxWaits) giveUp();
      const timer = setImmediate(callback);
      return { dispose: () => clearImmediate(timer) };
    },
  };
}

function collectGarbage(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

describe('spoiled answers', () => {
  it(`are met calmly by every call, ${runs} times`, { timeout: 60_000 + runs * 10 }, async () => {
    const recording = await record();
    const names = sampleNames.filter((name) => !streaming.some((other) => other === name) && name !== 'can');
    const started = performance.now();
    let slowestMs = 0;
    let values = 0;
    let heapBytes = 0;
    const codes = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      if (run === Math.floor(runs / 4)) heapBytes = collectGarbage();
      const name = names[run % names.length] ?? 'identity';
      const random = seeded(seed + run);
      const abort = new AbortController();
      const api = createSiteApi({
        endpoint: 'http://127.0.0.1:9',
        authenticator: createHmacAuthenticator('AK', 'canary-secret'),
        hello,
        clock: hurried(() => abort.abort()),
        http: spoiledTransport(recording.exchanges.get(name) ?? [], random),
      });
      const before = performance.now();
      const where = `run ${run} of seed ${seed}: ${name}`;
      const outcome = await bounded(async () => await samples[name].call(api, recording.world, abort.signal), where);
      slowestMs = Math.max(slowestMs, performance.now() - before);
      if (outcome.failed) {
        if (!(outcome.thrown instanceof BerthError))
          throw new Error(`${where} threw a defect`, { cause: outcome.thrown });
        const { code, params } = outcome.thrown;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        expect(JSON.stringify(outcome.thrown.toValue()), where).not.toContain('canary-secret');
        expect(typeof (params.status ?? 0), where).toBe('number');
      } else {
        const parsed = samples[name].out.safeParse(outcome.value);
        if (!parsed.success)
          throw new Error(`${where} came out in a shape that nobody expects`, { cause: parsed.error });
        values++;
      }
      api.dispose();
    }
    const seconds = (performance.now() - started) / 1000;
    const grownBytes = collectGarbage() - heapBytes;
    console.info(
      `fuzz: ${runs} spoiled answers over ${names.length} calls in ${seconds.toFixed(1)} s (seed ${seed}); ` +
        `${values} values, ${runs - values} errors of ${codes.size} codes, slowest ${slowestMs.toFixed(0)} ms, ` +
        `heap ${(grownBytes / 1024 / 1024).toFixed(1)} MiB` +
        (recording.refused.length === 0 ? '' : `; without a good answer: ${recording.refused.join(', ')}`),
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(grownBytes).toBeLessThan(growthBytes);
    // A test that only meets one kind of end does not test much.
    expect(codes.size).toBeGreaterThan(8);
    expect(values).toBeGreaterThan(runs / 20);
  });
});

type Outcome =
  | { readonly failed: true; readonly thrown: unknown }
  | { readonly failed: false; readonly value: unknown };

/** Throws when the work neither ends nor fails in time. */
async function bounded(work: () => Promise<unknown>, where: string): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${where} hangs`)), limitMs);
  });
  const ended = work().then(
    (value): Outcome => ({ failed: false, value }),
    (thrown: unknown): Outcome => ({ failed: true, thrown }),
  );
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
