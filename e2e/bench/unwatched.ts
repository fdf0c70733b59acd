/**
 * A Chromium that is looked at only between measurements. While Playwright is connected, the browser tells it of every
 * message of every WebSocket with its bytes: a flood of output is then encoded, sent and read a second time, on the
 * page's own thread and on three more.
 */
import { type BrowserContext, chromium } from '@playwright/test';
import { type Started, startProcess } from '../hosts/process.ts';
import { launchOptions } from './chromium.ts';

export class UnwatchedChromium {
  readonly #process: Started;
  readonly #address: string;
  #measured = 0;

  private constructor(process: Started, address: string) {
    this.#process = process;
    this.#address = address;
  }

  /** @param profile an empty folder of its own */
  static async start(profile: string, args: readonly string[]): Promise<UnwatchedChromium> {
    const process = await startProcess(
      // The address is told on the other stream.
      [
        'sh',
        '-c',
        'exec "$@" 2>&1',
        'sh',
        launchOptions.executablePath ?? chromium.executablePath(),
        ...launchOptions.args,
        '--headless',
        '--remote-debugging-port=0',
        `--user-data-dir=${profile}`,
        '--disable-background-timer-throttling',
        '--disable-backgrounding-occluded-windows',
        '--disable-renderer-backgrounding',
        ...args,
        'about:blank',
      ],
      /^DevTools listening on ws:\/\/(127\.0\.0\.1:\d+)\//,
    );
    return new UnwatchedChromium(process, `http://${process.match[1]}`);
  }

  /** Connects for as long as `work` takes. Pages stay as they are afterwards. */
  async look<T>(work: (context: BrowserContext) => Promise<T>): Promise<T> {
    const browser = await chromium.connectOverCDP(this.#address);
    try {
      const [context] = browser.contexts();
      if (!context) throw new Error('Chromium has no context of its own');
      return await work(context);
    } finally {
      await browser.close();
    }
  }

  /**
   * What a page measures by itself once nobody is connected.
   * @param begin lets the page begin a little later; it tells its number behind `mark`, as its address's fragment
   */
  async measured(begin: (context: BrowserContext, mark: string) => Promise<void>): Promise<number> {
    const mark = `#measured-${this.#measured++}=`;
    await this.look((context) => begin(context, mark));
    const until = Date.now() + 120_000;
    while (Date.now() < until) {
      // The list of pages has their addresses; reading it disturbs none of them.
      const list: unknown = await (await fetch(`${this.#address}/json/list`)).json();
      for (const { url } of list as { url: string }[]) {
        const at = url.indexOf(mark);
        if (at >= 0) return Number(url.slice(at + mark.length));
      }
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error('no page told what it measured within 120 s');
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
