/**
 * Terminals: 50 MB of coloured output through link and browser against xterm.js alone, fed from memory in the same
 * Chromium; how soon Ctrl-C acts; and what a minute of `yes` leaves behind.
 */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { removeFolder, root, scratchFolder } from '../hosts/process.ts';
import { type Rig, type SessionRef, startRig } from '../hosts/rig.ts';
import { TerminalPage } from '../pages/terminal-page.ts';
import { atMost, type Figure, median, ratioAtLeast, told } from './figure.ts';
import { UnwatchedChromium } from './unwatched.ts';

const outputBytes = 50_000_000;
const runs = 3;
const floodMs = 60_000;
/** The page that Chromium starts with. */
const blank = 'about:blank';
/** From the last look to the first byte: Playwright is gone by then. */
const quietMs = 1_000;

/** Lines as a build or a training run prints them: a colour or two, a bit of bold, of many lengths. */
function colouredBlock(): string {
  const lines: string[] = [];
  for (let line = 0; line < 2_000; line++) {
    const colour = 31 + (line % 6);
    const words = 'epoch step loss rate grad shard worker'.split(' ').slice(0, 2 + (line % 5));
    lines.push(
      `\u001b[${colour}m${String(line).padStart(6)}\u001b[0m \u001b[1m${words.join(' ')}\u001b[22m ${(line * 7) % 997}/997`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const block = colouredBlock();
/** So often it comes, to make 50 MB. */
const blocks = Math.round(outputBytes / block.length);

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
 * Lets xterm.js alone, as large as the product's and with its options, take 50 MB once nobody looks on. Of the product's
 * addons none makes a difference here: the one that counts graphemes costs 1 % of this text.
 */
async function startAlone(page: Page, size: Size, mark: string): Promise<void> {
  await page.goto(blank);
  await page.setContent('<div id="host" style="width:1200px;height:760px"></div>');
  await page.addStyleTag({ path: join(root, 'node_modules/@xterm/xterm/css/xterm.css') });
  await page.addScriptTag({ path: join(root, 'node_modules/@xterm/xterm/lib/xterm.js') });
  await page.evaluate(
    ({ block, blocks, quietMs, mark, cols, rows, scrollback }) => {
      const made = Reflect.construct(Reflect.get(globalThis, 'Terminal'), [
        { cols, rows, fontSize: 13, scrollback, minimumContrastRatio: 4.5, allowProposedApi: true },
      ]) as {
        open(element: HTMLElement | null): void;
        focus(): void;
        write(bytes: Uint8Array, done: () => void): void;
      };
      made.open(document.getElementById('host'));
      // As the one that a person looks at: a caret costs a little in every frame.
      made.focus();
      const bytes = new TextEncoder().encode(block.replaceAll('\n', '\r\n').repeat(blocks));
      const piece = 64 * 1024;
      const feed = async (): Promise<void> => {
        const startedAt = performance.now();
        const inFlight: Promise<void>[] = [];
        for (let at = 0; at < bytes.length; at += piece) {
          inFlight.push(new Promise((done) => made.write(bytes.subarray(at, at + piece), done)));
          // As much as a window of Berth takes ahead.
          if (inFlight.length > 8) await inFlight.shift();
        }
        await Promise.all(inFlight);
        await new Promise((done) => requestAnimationFrame(done));
        location.hash = `${mark}${performance.now() - startedAt}`;
      };
      setTimeout(() => void feed(), quietMs);
    },
    { block, blocks, quietMs, mark, ...size },
  );
}

async function openTerminal(context: BrowserContext, rig: Rig, session: SessionRef): Promise<TerminalPage> {
  const page = await context.newPage();
  const query = `account=${encodeURIComponent(session.accountId)}&session=${encodeURIComponent(session.sessionId)}`;
  await page.goto(`${rig.client.origin}/terminal?${query}`);
  const terminal = new TerminalPage(page);
  await terminal.ready();
  return terminal;
}

/** The page whose address has this in it, in front. */
async function pageAt(context: BrowserContext, part: string): Promise<Page> {
  const page = context.pages().find((it) => it.url().includes(part));
  if (!page) throw new Error(`no page shows ${part} any more`);
  await page.bringToFront();
  return page;
}

async function sizeOf(terminal: TerminalPage, rig: Rig): Promise<Size> {
  await terminal.run('clear; stty size');
  await untilLastRow(terminal.page, prompt);
  const [, rows, cols] = /^(\d+) (\d+)\s*$/m.exec(await terminal.text()) ?? [];
  const { values } = await rig.berth.settings.get();
  return { cols: Number(cols), rows: Number(rows), scrollback: values.terminalScrollback };
}

/** Types the command that prints the file; the page itself presses Enter once nobody looks on. */
async function startThrough({ page }: TerminalPage, file: string, run: number, mark: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').first().focus();
  await page.keyboard.type(`cat ${file}; echo finished-$((${run}+70))`);
  await page.evaluate(
    ({ quietMs, mark, last }) => {
      setTimeout(() => {
        const startedAt = performance.now();
        const enter = { key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true, cancelable: true };
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', enter));
        // In every frame it would keep the page drawing, which the other side need not.
        const looks = setInterval(() => {
          const rows = [...document.querySelectorAll('.xterm-rows > *')];
          if (!rows.some((row) => row.textContent?.trim() === last)) return;
          clearInterval(looks);
          history.replaceState(null, '', `${mark}${performance.now() - startedAt}`);
        }, 10);
      }, quietMs);
    },
    { quietMs, mark, last: `finished-${run + 70}` },
  );
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

interface Rates {
  readonly alone: number;
  readonly plain: number;
  readonly kept: number;
}

/** MiB a second of xterm.js alone, of a plain shell and of one that tmux keeps: the middle one of three runs each. */
async function rates(
  browser: UnwatchedChromium,
  file: string,
  size: Size,
  plain: SessionRef,
  kept: SessionRef,
): Promise<Rates> {
  const through = (session: SessionRef, run: number): Promise<number> =>
    browser.measured(async (context, mark) =>
      startThrough(new TerminalPage(await pageAt(context, session.sessionId)), file, run, mark),
    );
  const times = { alone: [] as number[], plain: [] as number[], kept: [] as number[] };
  for (let run = 0; run <= runs; run++) {
    const seen = {
      alone: await browser.measured(async (context, mark) => startAlone(await pageAt(context, blank), size, mark)),
      plain: await through(plain, run),
      kept: await through(kept, run),
    };
    // The first round compiles the code of all three.
    if (run === 0) continue;
    for (const way of ['alone', 'plain', 'kept'] as const) times[way].push(seen[way]);
  }
  const rate = (all: number[]) => mib(outputBytes) / (median(all) / 1000);
  return { alone: rate(times.alone), plain: rate(times.plain), kept: rate(times.kept) };
}

export async function terminalFigures(): Promise<Figure[]> {
  const folder = scratchFolder();
  const file = join(folder, 'coloured.txt');
  writeFileSync(file, block.repeat(blocks));
  const rig = await startRig();
  // As in the specs: without a graphics processor both sides draw with the page's own elements.
  const browser = await UnwatchedChromium.start(join(folder, 'chromium'), [
    '--disable-3d-apis',
    '--window-size=1280,800',
  ]);
  try {
    const { origin, cookie } = rig.client;
    const plain = await startWithoutTmux(rig, folder);
    const kept = await rig.start();
    const size = await browser.look(async (context) => {
      await context.addCookies([{ ...cookie, url: origin, httpOnly: true, sameSite: 'Strict' }]);
      await openTerminal(context, rig, kept);
      return sizeOf(await openTerminal(context, rig, plain), rig);
    });
    const seen = await rates(browser, file, size, plain, kept);
    const [keptInterrupt, plainInterrupt, grown] = await browser.look(async (context) => [
      await interruptMs(new TerminalPage(await pageAt(context, kept.sessionId))),
      await interruptMs(new TerminalPage(await pageAt(context, plain.sessionId))),
      await floodMiB(new TerminalPage(await pageAt(context, plain.sessionId)), rig),
    ]);
    return [
      ratioAtLeast('terminal: 50 MB in colour against xterm.js alone', seen.plain, 'MiB/s', seen.alone, 0.8),
      told('terminal: the same in a shell that tmux keeps', seen.kept, 'MiB/s', seen.alone),
      atMost('terminal: Ctrl-C during yes, to the prompt', plainInterrupt, 'ms', 300),
      atMost('terminal: the same in a shell that tmux keeps, Ctrl-C', keptInterrupt, 'ms', 300),
      atMost('terminal: growth of page and host over 60 s of yes', grown, 'MiB', 50),
    ];
  } finally {
    await browser.stop();
    await rig.stop();
    removeFolder(folder);
  }
}
