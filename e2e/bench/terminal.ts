/**
 * Terminals: 50 MB of coloured output through link and browser against xterm.js alone, fed from memory in the same
 * Chromium; how soon Ctrl-C acts; and what a minute of `yes` leaves behind.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { removeFolder, root, scratchFolder } from '../hosts/process.ts';
import { type Rig, type SessionRef, startRig } from '../hosts/rig.ts';
import { TerminalPage } from '../pages/terminal-page.ts';
import { launchOptions } from './chromium.ts';
import { atMost, type Figure, median, ratioAtLeast, told } from './figure.ts';

const outputBytes = 50_000_000;
const runs = 3;
const floodMs = 60_000;

/** Lines as a build or a training run prints them: a colour or two, a bit of bold, of many lengths. */
function colouredLines(): string {
  const block: string[] = [];
  for (let line = 0; line < 2_000; line++) {
    const colour = 31 + (line % 6);
    const words = 'epoch step loss rate grad shard worker'.split(' ').slice(0, 2 + (line % 5));
    block.push(
      `\u001b[${colour}m${String(line).padStart(6)}\u001b[0m \u001b[1m${words.join(' ')}\u001b[22m ${(line * 7) % 997}/997`,
    );
  }
  const text = `${block.join('\n')}\n`;
  return text.repeat(Math.round(outputBytes / text.length));
}

/**
 * Waits until the last row with words on it is as `pattern` says. Looked for in every frame: a locator's own polling has
 * steps of up to half a second.
 */
async function untilLastRow(page: Page, pattern: RegExp, timeoutMs = 120_000): Promise<void> {
  await page.waitForFunction(
    (source) => {
      const rows = [...document.querySelectorAll('.xterm-rows > *')].map((row) => row.textContent?.trim() ?? '');
      return new RegExp(source).test(rows.findLast((row) => row !== '') ?? '');
    },
    pattern.source,
    { polling: 'raf', timeout: timeoutMs },
  );
}

const prompt = /[$#]$/;

interface Size {
  readonly cols: number;
  readonly rows: number;
  /** Lines, by the setting. */
  readonly scrollback: number;
}

/**
 * Milliseconds until 50 MB went through xterm.js alone, as large as the product's and with its options. Of the product's
 * addons none makes a difference here: the one that counts graphemes costs 1 % of this text.
 */
async function aloneMs(page: Page, text: string, size: Size): Promise<number> {
  await page.setContent('<div id="host" style="width:1200px;height:760px"></div>');
  await page.addStyleTag({ path: join(root, 'node_modules/@xterm/xterm/css/xterm.css') });
  await page.addScriptTag({ path: join(root, 'node_modules/@xterm/xterm/lib/xterm.js') });
  await page.evaluate(({ cols, rows, scrollback }) => {
    const made = Reflect.construct(Reflect.get(globalThis, 'Terminal'), [
      { cols, rows, fontSize: 13, scrollback, minimumContrastRatio: 4.5, allowProposedApi: true },
    ]) as {
      open(element: HTMLElement | null): void;
      focus(): void;
    };
    made.open(document.getElementById('host'));
    // As the one that a person looks at: a caret costs a little in every frame.
    made.focus();
    Reflect.set(globalThis, 'made', made);
  }, size);
  return page.evaluate(async (all) => {
    const made: { write(bytes: Uint8Array, done: () => void): void } = Reflect.get(globalThis, 'made');
    const bytes = new TextEncoder().encode(all.replaceAll('\n', '\r\n'));
    const piece = 64 * 1024;
    const startedAt = performance.now();
    const inFlight: Promise<void>[] = [];
    for (let at = 0; at < bytes.length; at += piece) {
      inFlight.push(new Promise((done) => made.write(bytes.subarray(at, at + piece), done)));
      // As much as a window of Berth takes ahead.
      if (inFlight.length > 8) await inFlight.shift();
    }
    await Promise.all(inFlight);
    await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - startedAt;
  }, text);
}

async function openTerminal(context: BrowserContext, rig: Rig, session: SessionRef): Promise<TerminalPage> {
  const page = await context.newPage();
  const query = `account=${encodeURIComponent(session.accountId)}&session=${encodeURIComponent(session.sessionId)}`;
  await page.goto(`${rig.client.origin}/terminal?${query}`);
  const terminal = new TerminalPage(page);
  await terminal.ready();
  return terminal;
}

async function sizeOf(terminal: TerminalPage, rig: Rig): Promise<Size> {
  await terminal.run('clear; stty size');
  await untilLastRow(terminal.page, prompt);
  const [, rows, cols] = /^(\d+) (\d+)\s*$/m.exec(await terminal.text()) ?? [];
  const { values } = await rig.berth.settings.get();
  return { cols: Number(cols), rows: Number(rows), scrollback: values.terminalScrollback };
}

async function throughMs(terminal: TerminalPage, file: string, run: number): Promise<number> {
  await terminal.page.locator('.xterm-helper-textarea').first().focus();
  await terminal.page.keyboard.type(`clear; cat ${file}; echo finished-$((${run}+70))`);
  const startedAt = performance.now();
  await terminal.page.keyboard.press('Enter');
  await terminal.page.waitForFunction(
    (mark) => [...document.querySelectorAll('.xterm-rows > *')].some((row) => row.textContent?.trim() === mark),
    `finished-${run + 70}`,
    // In every frame it would keep the page drawing, which the other side need not.
    { polling: 20, timeout: 120_000 },
  );
  return performance.now() - startedAt;
}

/** Milliseconds from Ctrl-C during `yes` to a prompt on the screen: the middle one of three times. */
async function interruptMs(terminal: TerminalPage): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < 3; time++) times.push(await interruptOnceMs(terminal));
  return median(times);
}

async function interruptOnceMs(terminal: TerminalPage): Promise<number> {
  await terminal.run('yes');
  await untilLastRow(terminal.page, /^y$/);
  await new Promise((done) => setTimeout(done, 2_000));
  const startedAt = performance.now();
  await terminal.page.keyboard.press('Control+C');
  await untilLastRow(terminal.page, prompt);
  return performance.now() - startedAt;
}

const mib = (bytes: number) => bytes / 1024 / 1024;

/** MiB of the page's heap, with what stands beside it, and of the host, after collections. */
async function held(page: Page, rig: Rig): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const usage = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  const { memory } = await rig.probe.look();
  return mib(usage.usedSize + (usage.backingStorageSize ?? 0) + memory.rss);
}

async function floodMiB(terminal: TerminalPage, rig: Rig): Promise<number> {
  const before = await held(terminal.page, rig);
  await terminal.run('yes');
  await untilLastRow(terminal.page, /^y$/);
  await new Promise((done) => setTimeout(done, floodMs));
  const during = await held(terminal.page, rig);
  await terminal.page.keyboard.press('Control+C');
  await untilLastRow(terminal.page, prompt);
  return during - before;
}

/** A session whose shells find every program but tmux, so that a plain shell carries every byte. */
function startWithoutTmux(rig: Rig, folder: string): Promise<SessionRef> {
  const path = join(folder, 'bin');
  mkdirSync(path);
  for (const name of readdirSync('/usr/bin')) if (name !== 'tmux') symlinkSync(`/usr/bin/${name}`, join(path, name));
  return rig.start({ environ: { PATH: path } });
}

export async function terminalFigures(): Promise<Figure[]> {
  const folder = scratchFolder();
  const file = join(folder, 'coloured.txt');
  writeFileSync(file, colouredLines());
  const rig = await startRig();
  // As in the specs: without a graphics processor both sides draw with the page's own elements.
  const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, '--disable-3d-apis'] });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const { origin, cookie } = rig.client;
    await context.addCookies([{ ...cookie, url: origin, httpOnly: true, sameSite: 'Strict' }]);
    const plain = await openTerminal(context, rig, await startWithoutTmux(rig, folder));
    const size = await sizeOf(plain, rig);
    const kept = await openTerminal(context, rig, await rig.start());
    const alonePage = await context.newPage();
    const text = readFileSync(file, 'utf8');
    const seen = { alone: [] as number[], plain: [] as number[], kept: [] as number[] };
    for (let run = 0; run <= runs; run++) {
      await alonePage.bringToFront();
      const alone = await aloneMs(alonePage, text, size);
      await plain.page.bringToFront();
      const through = await throughMs(plain, file, run);
      await kept.page.bringToFront();
      const inTmux = await throughMs(kept, file, run);
      // The first round compiles the code of all three.
      if (run === 0) continue;
      seen.alone.push(alone);
      seen.plain.push(through);
      seen.kept.push(inTmux);
    }
    await alonePage.close();
    const rate = (times: number[]) => mib(outputBytes) / (median(times) / 1000);
    const keptInterrupt = await interruptMs(kept);
    await plain.page.bringToFront();
    const plainInterrupt = await interruptMs(plain);
    return [
      ratioAtLeast(
        'terminal: 50 MB in colour against xterm.js alone',
        rate(seen.plain),
        'MiB/s',
        rate(seen.alone),
        0.8,
      ),
      told('terminal: the same in a shell that tmux keeps', rate(seen.kept), 'MiB/s', rate(seen.alone)),
      atMost('terminal: Ctrl-C during yes, to the prompt', plainInterrupt, 'ms', 300),
      atMost('terminal: the same in a shell that tmux keeps, Ctrl-C', keptInterrupt, 'ms', 300),
      atMost('terminal: growth of page and host over 60 s of yes', await floodMiB(plain, rig), 'MiB', 50),
    ];
  } finally {
    await browser.close();
    await rig.stop();
    removeFolder(folder);
  }
}
