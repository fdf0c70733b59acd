/** One soak: work under faults for a while, then the reckoning. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { Link } from '../../src-preload/contract/links.ts';
import { launchOptions } from '../bench/chromium.ts';
import { openApp } from '../hosts/berth-client.ts';
import { FaultScriptFile } from '../hosts/fault-script.ts';
import { removeFolder, scratchFolder } from '../hosts/process.ts';
import { type Rig, startRig } from '../hosts/rig.ts';
import { MainPage } from '../pages/main-page.ts';
import { Checks, delay, eventually, type Work, workAgainMs } from './checks.ts';
import { Heap } from './heap.ts';
import { filesBelow, grown, type Holdings, holdings, socketsTold, type Watched } from './leaks.ts';
import { Memory } from './memory.ts';
import { Notebook } from './notebook.ts';
import { Requests } from './requests.ts';
import type { Fault } from './schedule.ts';
import { startSource } from './source.ts';
import { Terminals } from './terminals.ts';
import { Transfers } from './transfers.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly schedule: readonly Fault[];
  readonly sshd: 'dropbear' | 'builtin';
  readonly hasJupyter: boolean;
  readonly tell: (line: string) => void;
}

/** A little of everything before the first count, so that what is loaded once and kept is there by then. */
const warmUp: readonly Fault[] = [
  { name: 'cut', at: 6_000, forMs: 500, script: { now: ['cut-tunnels'] }, endsWithCut: false },
  { name: 'half-open', at: 11_000, forMs: 8_000, script: { now: ['half-open-tunnels'] }, endsWithCut: false },
];
const warmUpMs = 24_000;
/** Time for what ends by itself: connections that a site or an agent keeps for a minute, timers of the last try. */
const restMs = 90_000;

/** Before what is kept is looked at: a channel waits 5 s for its other side's close, and holds what it was about meanwhile. */
const calmMs = 8_000;

const mib = (bytes: number): number => bytes / 1_048_576;
/** What a program keeps is the same after ten minutes as after one, but for texts and tables that V8 keeps of its own. */
const keptBudgetMiB = 0.5;
/**
 * In the second half of the time. The young generation and the system's allocator give back late: -5 to 10 MiB were measured
 * where nothing was left.
 */
const residentBudgetMiB = 20;
/** More objects of one class than half of the faults: what is left of each fault, or of each second one, is seen. */
const objectsBudget = (faults: number): number => Math.max(8, Math.ceil(faults / 2));

class Soak {
  readonly #options: SoakOptions;
  readonly #rig: Rig;
  readonly #faults: FaultScriptFile;
  readonly #startedAt = Date.now();
  readonly #timeline: string[];

  constructor(options: SoakOptions, rig: Rig, faults: FaultScriptFile, timeline: string[]) {
    this.#options = options;
    this.#timeline = timeline;
    this.#rig = rig;
    this.#faults = faults;
    let last = '';
    rig.berth.links.onChanged(({ state, error }: Link) => {
      const reason = error ? ` (${[error.code, error.params.reason].filter(Boolean).join(' ')})` : '';
      if (`${state}${reason}` !== last) this.note(`link ${state}${reason}`);
      last = `${state}${reason}`;
    });
  }

  note(what: string): void {
    this.#timeline.push(`${((Date.now() - this.#startedAt) / 1000).toFixed(1).padStart(7)} s  ${what}`);
  }

  async through(schedule: readonly Fault[], durationMs: number): Promise<void> {
    const startedAt = Date.now();
    const until = (at: number) => delay(Math.max(0, startedAt + at - Date.now()));
    for (const fault of schedule) {
      await until(fault.at);
      this.note(`fault: ${fault.name}`);
      if (fault.script === null) await this.#sleep(fault.forMs);
      else {
        this.#faults.write(fault.script);
        await delay(fault.forMs);
        if (fault.endsWithCut) this.#faults.write({ now: ['cut-tunnels'] });
        else this.#faults.clear();
      }
      this.note(`over: ${fault.name}`);
    }
    await until(durationMs);
  }

  async #sleep(forMs: number): Promise<void> {
    const { child } = this.#rig.host;
    child.kill('SIGSTOP');
    try {
      await delay(forMs);
    } finally {
      child.kill('SIGCONT');
    }
  }

  async isUp(): Promise<true | null> {
    const links = await this.#rig.berth.links.list();
    return links.length > 0 && links.every(({ state }) => state === 'up') ? true : null;
  }

  /** Looks until nothing is more than before; what stays more is told. */
  async leaks(before: Holdings, watched: Watched): Promise<string[]> {
    const until = Date.now() + restMs;
    for (;;) {
      const more = grown(before, await holdings(watched));
      if (more.length === 0 || Date.now() > until) return more;
      await delay(1_000);
    }
  }

  async judge(checks: Checks, work: readonly Work[]): Promise<void> {
    const up = 'the link is up again by itself';
    checks.expect(up);
    await eventually(up, () => this.isUp(), workAgainMs).catch((error: unknown) => checks.fail(up, String(error)));
    for (const one of work) await one.judge(checks);
  }

  /** Called at rest, like the snapshot before. */
  judgeMemory(checks: Checks, memory: Memory, before: Heap, after: Heap): void {
    const { schedule, tell } = this.#options;
    const objects = 'memory: no class has more objects by what the faults left';
    checks.expect(objects);
    for (const more of after.grownSince(before, objectsBudget(schedule.length))) checks.fail(objects, more);
    const kept = mib(after.bytes - before.bytes);
    const resident = memory.residentGrowth;
    const told = `kept at rest ${kept.toFixed(2)} MiB more than ${mib(before.bytes).toFixed(1)}, resident ${resident.toFixed(1)} MiB more in the second half; ${memory.told()}`;
    checks.verify('memory: what is kept stays', kept < keptBudgetMiB, () => told);
    checks.verify('memory: what the system gave stays', resident < residentBudgetMiB, () => told);
    tell(`memory: ${told}`);
  }
}

/** Lines of Berth's own log, and of what it printed, that tell of a defect. */
function defects(rig: Rig): string[] {
  const folder = join(rig.dataDir, 'logs');
  const logged = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  const printed = rig.host.output().split('\n');
  return [
    ...logged.filter((line) => /"level":"error"|A defect/.test(line)),
    ...printed.filter((_line, at) => printed.slice(Math.max(0, at - 9), at + 1).some((it) => /Warning|Error/.test(it))),
  ];
}

/** What is asked to end may itself be broken. */
const endWithinMs = 10_000;

/** What has to end, last begun first; one that fails or hangs does not keep the others. */
class Ends {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  async all(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) {
      try {
        await Promise.race([end(), delay(endWithinMs)]);
      } catch (error) {
        console.error(`while ending: ${String(error)}`);
      }
    }
  }
}

/** Berth and everything around it, ready for work. */
async function begin(options: SoakOptions, ends: Ends, timeline: string[]) {
  const { seed, sshd, hasJupyter } = options;
  const folder = scratchFolder();
  ends.add(() => removeFolder(folder));
  const tempDir = join(folder, 'tmp');
  const target = join(folder, 'kept');
  for (const made of [tempDir, target]) mkdirSync(made);
  const faults = new FaultScriptFile(join(folder, 'faults.json'));
  const source = await startSource();
  ends.add(() => source.process.stop());
  const rig = await startRig({ sshd, siteFlags: ['--faults', faults.path], env: { TMPDIR: tempDir } });
  ends.add(() => rig.stop());
  // What they said last, for whoever looks at a failure.
  for (const { output } of [rig.host, rig.site.process])
    ends.add(() => timeline.push('', ...output().trim().split('\n').slice(-20)));
  const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, '--disable-3d-apis'] });
  ends.add(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const { origin, cookie } = rig.client;
  // A machine that does much else takes its time.
  context.setDefaultTimeout(workAgainMs);
  await context.addCookies([{ ...cookie, url: origin, httpOnly: true, sameSite: 'Strict' }]);
  // The list is there as it is for a person, and hears of everything.
  const main = await context.newPage();
  await main.goto(origin);
  await new MainPage(main).ready();
  const session = await rig.start({ preopen_ports: [source.port] }, hasJupyter ? 'python-jupyter' : 'shell');
  // Its kernel's, by an id of its own.
  const [kernel = ''] = readdirSync(join(rig.siteFolder, 'sessions'));
  const home = join(rig.siteFolder, 'sessions', kernel, 'work');
  const direct = { port: source.port, headers: {} };
  const way = await openApp(rig.berth, session, String(source.port));
  const forward = await rig.berth.forwards.open({ ...session, kernel: 'main1', port: source.port, localPort: null });
  const work: Work[] = [
    new Terminals(rig, context, session, home),
    new Requests('gateway', way, direct, seed + 1),
    new Requests('forward', { port: forward.localPort, headers: {} }, direct, seed + 3),
    ...(hasJupyter ? [new Notebook(await openApp(rig.berth, session, 'jupyter'))] : []),
    new Transfers(rig.berth, session, home, target, seed + 2),
  ];
  for (const one of work) await one.prepare?.();
  const watched: Watched = {
    hostPid: rig.host.child.pid ?? 0,
    sitePid: rig.site.process.child.pid ?? 0,
    dataDir: rig.dataDir,
    tempDir,
    probe: rig.probe,
    ports: {
      'its own pages': Number(new URL(origin).port),
      'the gateway': way.port,
      'the forward': forward.localPort,
      'the site': Number(new URL(rig.site.endpoint).port),
    },
  };
  return { folder, rig, faults, work, watched };
}

/** @param signal ends it early, with what was found until then */
export async function soak(
  options: SoakOptions,
  signal: AbortSignal,
): Promise<{ checks: Checks; timeline: readonly string[] }> {
  const checks = new Checks();
  const ends = new Ends();
  const timeline: string[] = [];
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('It was ended from outside before it was over')));
  });
  try {
    await Promise.race([soakThrough(options, checks, ends, timeline), over]);
  } catch (error) {
    checks.fail('the soak itself', error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await ends.all();
  }
  return { checks, timeline };
}

async function soakThrough(options: SoakOptions, checks: Checks, ends: Ends, timeline: string[]): Promise<void> {
  const { schedule, durationMs, tell } = options;
  const { folder, rig, faults, work, watched } = await begin(options, ends, timeline);
  const run = new Soak(options, rig, faults, timeline);
  const rest = async (): Promise<void> => {
    await Promise.all(work.map((one) => one.stop()));
    await eventually('the link is up', () => run.isUp(), workAgainMs);
  };
  const heap = async (name: string): Promise<Heap> => {
    const path = join(folder, `${name}.heapsnapshot`);
    await rig.probe.writeHeap(path);
    const read = new Heap(path);
    rmSync(path);
    // It stood still meanwhile, which a link may take for a loss.
    await eventually('the link is up', () => run.isUp(), workAgainMs);
    return read;
  };

  run.note('warm-up');
  for (const one of work) one.start();
  await run.through(warmUp, warmUpMs);
  await rest();
  for (const one of work) await one.settle?.();
  await delay(calmMs);
  const heapBefore = await heap('before');
  const before = await holdings(watched);
  const memory = new Memory(rig.probe);

  run.note('begins');
  memory.start();
  for (const one of work) one.start();
  await run.through(schedule, durationMs);
  await memory.stop();
  await rest();
  run.note('rests');
  await run.judge(checks, work);
  const leaks = 'no socket, timer, listener, thread, process or file is left';
  checks.expect(leaks);
  const more = await run.leaks(before, watched);
  for (const one of more) checks.fail(leaks, one);
  await delay(calmMs);
  let heapAfter = await heap('after');
  // The host asks its site now and then: what was under way in that moment is gone in the next, what was left is not.
  const isMore = (): boolean => heapAfter.grownSince(heapBefore, objectsBudget(schedule.length)).length > 0;
  for (let again = 0; again < 2 && isMore(); again++) {
    await delay(calmMs);
    heapAfter = await heap('after');
  }
  if (more.length > 0) {
    tell(`connections of the host: ${socketsTold(watched)}`);
    tell(`what may belong to them:\n${heapAfter.grownSince(heapBefore, 3).slice(0, 60).join('\n')}`);
  }
  run.judgeMemory(checks, memory, heapBefore, heapAfter);
  const clean = 'no defect is logged';
  checks.expect(clean);
  for (const line of defects(rig)) checks.fail(clean, line.slice(0, 400));
  for (const one of work) tell(`${one.name}: ${one.told()}`);

  const code = await rig.host.stop();
  checks.verify('the app ends in order', code === 0, () => `exit code ${code}`);
  const temporary = filesBelow(watched.tempDir);
  checks.verify('it leaves no temporary file', temporary.length === 0, () => temporary.join(', '));
}
