/** One soak: work under faults for a while, then the reckoning. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { Link } from '../../src-preload/contract/links.ts';
import { launchOptions } from '../bench/chromium.ts';
import { openApp } from '../hosts/berth-client.ts';
import { FaultScriptFile } from '../hosts/fault-script.ts';
import { removeFolder, scratchFolder } from '../hosts/process.ts';
import { type Rig, startRig } from '../hosts/rig.ts';
import { MainPage } from '../pages/main-page.ts';
import { Checks, delay, eventually, type Work } from './checks.ts';
import { filesBelow, grown, type Holdings, holdings, type Watched } from './leaks.ts';
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
/** Longest wait between two tries of a link, a try that hangs in a dead network, and the connecting itself. */
const backWithinMs = 45_000;
/** Time for what ends by itself: connections that a site keeps for 75 s, files of a transfer, timers of the last try. */
const restMs = 120_000;

const liveBudgetMiB = 5;
/** The young generation alone takes and gives back some 20 MiB. */
const residentBudgetMiB = 40;

class Soak {
  readonly #options: SoakOptions;
  readonly #rig: Rig;
  readonly #faults: FaultScriptFile;
  readonly #startedAt = Date.now();
  readonly timeline: string[] = [];

  constructor(options: SoakOptions, rig: Rig, faults: FaultScriptFile) {
    this.#options = options;
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
    this.timeline.push(`${((Date.now() - this.#startedAt) / 1000).toFixed(1).padStart(7)} s  ${what}`);
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
    await eventually(up, () => this.isUp(), backWithinMs).catch((error: unknown) => checks.fail(up, String(error)));
    for (const one of work) await one.judge(checks);
  }

  /** Called at rest, like the look before: code that was compiled and lists that are bounded make up two or three MiB. */
  async judgeMemory(checks: Checks, memory: Memory, liveBefore: number): Promise<void> {
    const live = (await memory.liveNow()) - liveBefore;
    const resident = memory.residentGrowth;
    const told = `live at rest ${live.toFixed(1)} MiB more, resident ${resident.toFixed(1)} MiB more; ${memory.told()}`;
    checks.verify('memory: what is alive stays', live < liveBudgetMiB, () => told);
    checks.verify('memory: what the system gave stays', resident < residentBudgetMiB, () => told);
    this.#options.tell(`memory: ${told}`);
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

export async function soak(options: SoakOptions): Promise<{ checks: Checks; timeline: readonly string[] }> {
  const { seed, schedule, durationMs, tell } = options;
  const checks = new Checks();
  const folder = scratchFolder();
  const tempDir = join(folder, 'tmp');
  const target = join(folder, 'kept');
  for (const made of [tempDir, target]) mkdirSync(made);
  const faults = new FaultScriptFile(join(folder, 'faults.json'));
  const source = await startSource();
  const rig = await startRig({
    sshd: options.sshd,
    siteFlags: ['--faults', faults.path],
    env: { TMPDIR: tempDir },
  });
  const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, '--disable-3d-apis'] });
  const run = new Soak(options, rig, faults);
  const work: Work[] = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const { origin, cookie } = rig.client;
    await context.addCookies([{ ...cookie, url: origin, httpOnly: true, sameSite: 'Strict' }]);
    // The list is there as it is for a person, and hears of everything.
    const main = await context.newPage();
    await main.goto(origin);
    await new MainPage(main).ready();
    const session = await rig.start({ preopen_ports: [source.port] }, options.hasJupyter ? 'python-jupyter' : 'shell');
    // Its kernel's, by an id of its own.
    const [kernel = ''] = readdirSync(join(rig.siteFolder, 'sessions'));
    const home = join(rig.siteFolder, 'sessions', kernel, 'work');
    const terminals = new Terminals(rig, context, session, home);
    await terminals.prepare();
    const direct = { port: source.port, headers: {} };
    work.push(
      terminals,
      new Requests('gateway', await openApp(rig.berth, session, String(source.port)), direct, seed + 1),
    );
    const forward = await rig.berth.forwards.open({ ...session, kernel: 'main1', port: source.port, localPort: null });
    const local = { port: forward.localPort, headers: {} };
    work.push(new Requests('forward', local, direct, seed + 3));
    if (options.hasJupyter) {
      const notebook = new Notebook(await openApp(rig.berth, session, 'jupyter'));
      await notebook.prepare();
      work.push(notebook);
    }
    work.push(new Transfers(rig.berth, session, home, target, seed + 2));
    const watched: Watched = {
      hostPid: rig.host.child.pid ?? 0,
      sitePid: rig.site.process.child.pid ?? 0,
      dataDir: rig.dataDir,
      tempDir,
      probe: rig.probe,
    };
    const rest = async (): Promise<void> => {
      await Promise.all(work.map((one) => one.stop()));
      await eventually('the link is up', () => run.isUp(), backWithinMs);
    };

    run.note('warm-up');
    for (const one of work) one.start();
    await run.through(warmUp, warmUpMs);
    await rest();
    await delay(5_000);
    const before = await holdings(watched);
    const memory = new Memory(rig.probe);
    const liveBefore = await memory.liveNow();

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
    for (const more of await run.leaks(before, watched)) checks.fail(leaks, more);
    await run.judgeMemory(checks, memory, liveBefore);
    const clean = 'no defect is logged';
    checks.expect(clean);
    for (const line of defects(rig)) checks.fail(clean, line.slice(0, 400));
    for (const one of work) tell(`${one.name}: ${one.told()}`);

    const code = await rig.host.stop();
    checks.verify('the app ends in order', code === 0, () => `exit code ${code}`);
    const temporary = filesBelow(tempDir);
    checks.verify('it leaves no temporary file', temporary.length === 0, () => temporary.join(', '));
    return { checks, timeline: run.timeline };
  } catch (error) {
    checks.fail('the soak itself', error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { checks, timeline: [...run.timeline, ...rig.host.output().split('\n').slice(-20)] };
  } finally {
    await browser.close();
    await rig.stop();
    await source.process.stop();
    removeFolder(folder);
  }
}
