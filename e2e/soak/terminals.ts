/**
 * Two terminal windows in a browser: a counter that must run on through everything, and a shell that somebody types into.
 * What tmux itself remembers tells whether anything was lost or came twice.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import type { Rig, SessionRef } from '../hosts/rig.ts';
import { TerminalPage } from '../pages/terminal-page.ts';
import { type Checks, delay, eventually, type Work, workAgainMs } from './checks.ts';

const counter = 'n=0; while :; do n=$((n+1)); echo "count $n"; sleep 0.1; done';

/** Everything that tmux servers of this session remember, a text a terminal. */
function remembered(sessionId: string): string[] {
  const sockets = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[7] ?? '')
    .filter((path) => path.includes('tmux') && path.includes(sessionId));
  return [...new Set(sockets)].flatMap((socket) => {
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8', maxBuffer: 64e6 });
    const panes = tmux('list-panes', '-a', '-F', '#{pane_id}').trim().split('\n');
    return panes.map((pane) => tmux('capture-pane', '-p', '-S', '-', '-t', pane));
  });
}

/** A number that cannot be taken for another when some of its keys went with the network. */
const word = (number: number): string => `<${String(number).padStart(5, '0')}>`;
const wholeWord = /^<(\d{5})>$/gm;

const countsIn = (text: string): number[] =>
  [...text.matchAll(/^count (\d+)\s*$/gm)].map(([, number]) => Number(number));

const isRow = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1);

export class Terminals implements Work {
  readonly name = 'terminals';
  readonly #rig: Rig;
  readonly #context: BrowserContext;
  readonly #session: SessionRef;
  readonly #typedFile: string;
  #counting: TerminalPage | null = null;
  #typing: TerminalPage | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #typed = 0;

  constructor(rig: Rig, context: BrowserContext, session: SessionRef, home: string) {
    this.#rig = rig;
    this.#context = context;
    this.#session = session;
    this.#typedFile = join(home, 'typed.txt');
  }

  /** Opens both windows, which stay; the counter runs from here on. */
  async prepare(): Promise<void> {
    this.#counting = await this.#open();
    this.#typing = await this.#open();
    await this.#counting.run(counter);
    await eventually('a counter', async () => ((await this.#counts()).length > 3 ? true : null), 20_000);
  }

  start(): void {
    this.#stopped = false;
    this.#running = (async () => {
      while (!this.#stopped) {
        await this.#typing?.run(`echo '${word(this.#typed++)}' >> typed.txt`);
        await delay(1_500);
      }
    })();
    // Told by `stop`.
    this.#running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async judge(checks: Checks): Promise<void> {
    const works = 'terminals: show new output once the network is well';
    checks.expect(works);
    const before = (await this.#counts()).at(-1) ?? 0;
    await eventually(
      works,
      async () => (((await this.#counts()).at(-1) ?? 0) > before + 5 ? true : null),
      workAgainMs,
    ).catch((error: unknown) => checks.fail(works, String(error)));
    const shown = await this.#counts();
    checks.verify('terminals: the screen shows numbers in a row', shown.length > 5 && isRow(shown), () =>
      shown.join(' '),
    );
    await this.#judgeTyping(checks);
    await this.#counting?.page.keyboard.press('Control+C');
    const history =
      remembered(this.#session.sessionId)
        .map(countsIn)
        .find((numbers) => numbers.length > 10) ?? [];
    checks.verify(
      'terminals: the counter ran through in one shell, nothing lost or doubled',
      history.length > 50 && history[0] === 1 && isRow(history),
      () => `${history.length} numbers from ${history[0]} to ${history.at(-1)}`,
    );
  }

  told(): string {
    const there = new Set(this.#typedNumbers());
    const missing = Array.from({ length: this.#typed }, (_, at) => at).filter((number) => !there.has(number));
    return `${this.#typed} lines typed, ${there.size} arrived; lost with the network: ${missing.join(' ')}`;
  }

  async #judgeTyping(checks: Checks): Promise<void> {
    const works = 'terminals: what is typed arrives once the network is well';
    checks.expect(works);
    await eventually(
      works,
      async () => {
        const last = this.#typed++;
        // Enter alone first: half a line may stand there since a key was lost with the network.
        await this.#typing?.run('');
        await this.#typing?.run(`echo '${word(last)}' >> typed.txt`);
        await delay(1_500);
        return this.#typedNumbers().includes(last) ? true : null;
      },
      workAgainMs,
    ).catch((error: unknown) => checks.fail(works, String(error)));
    const numbers = this.#typedNumbers();
    const twice = numbers.filter((number, at) => at > 0 && number <= (numbers[at - 1] ?? 0));
    checks.verify('terminals: nothing typed comes twice or late', twice.length === 0, () => twice.join(' '));
    checks.verify('terminals: most that is typed arrives', numbers.length > this.#typed / 2, () => this.told());
  }

  #typedNumbers(): number[] {
    const text = existsSync(this.#typedFile) ? readFileSync(this.#typedFile, 'utf8') : '';
    return [...text.matchAll(wholeWord)].map(([, number]) => Number(number));
  }

  async #open(): Promise<TerminalPage> {
    const page = await this.#context.newPage();
    const { accountId, sessionId } = this.#session;
    const query = `account=${encodeURIComponent(accountId)}&session=${encodeURIComponent(sessionId)}`;
    await page.goto(`${this.#rig.client.origin}/terminal?${query}`);
    const terminal = new TerminalPage(page);
    await terminal.ready();
    return terminal;
  }

  async #counts(): Promise<number[]> {
    const text = (await this.#counting?.text()) ?? '';
    // Rows as drawn end in blanks that no break space may stand for.
    return countsIn(text.replaceAll('\u00a0', ' '));
  }
}
