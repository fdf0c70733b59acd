/** The entry and waiting pages in a real Chromium, which decides about cookies, CSP and *.localhost. */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type Browser, chromium } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { type RealSshServer, startRealSshServer, until, whyNot } from '../links/testing/real-ssh-server.ts';
import { type GatewayRig, startGatewayRig } from './testing/gateway-rig.ts';

const executablePath = '/usr/bin/chromium';
const reason = whyNot('dropbear') ?? (existsSync(executablePath) ? null : `${executablePath} is not installed`);
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null)('gateway in Chromium', () => {
  let server: RealSshServer;
  let browser: Browser;
  let rig: GatewayRig;
  let otherSite: Server;
  let otherOrigin: string;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    otherSite = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<title>other</title>');
    });
    await new Promise<void>((resolve) => otherSite.listen(0, '127.0.0.1', resolve));
    const address = otherSite.address();
    if (address === null || typeof address === 'string') throw new Error('No port');
    otherOrigin = `http://other.localhost:${address.port}`;
  });
  afterAll(async () => {
    await browser?.close();
    otherSite?.closeAllConnections();
    otherSite?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    rig = await startGatewayRig(server);
  });
  afterEach(() => rig.close());

  it('turns from the entry into the service, opened from another site', async () => {
    const context = await browser.newContext();
    const opener = await context.newPage();
    await opener.goto(otherOrigin);
    const { url } = await rig.open();
    const [page] = await Promise.all([
      context.waitForEvent('page'),
      opener.evaluate(`void window.open(${JSON.stringify(url)}, '', 'popup,width=600,height=400')`),
    ]);
    await page.waitForSelector('#echo');
    expect(await page.title()).toBe('Echo');
    expect(page.url()).toBe(`${new URL(url).origin}/`);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('history.length')).toBe(1);
    const seen = JSON.parse((await page.textContent('#echo')) ?? '{}');
    expect(seen.headers.cookie).toBeUndefined();
    // Another page of this computer gets nothing, not even by asking this host.
    const stolen = await opener.evaluate(async (origin) => {
      const ask = (init: RequestInit) =>
        fetch(origin, init).then(
          (answer) => answer.status,
          () => 'refused',
        );
      const socket = await new Promise<string>((resolve) => {
        const ws = new WebSocket(`${origin.replace('http', 'ws')}/ws`);
        ws.onopen = () => resolve('open');
        ws.onerror = () => resolve('refused');
      });
      return [
        await ask({ credentials: 'include' }),
        (await ask({ mode: 'no-cors', method: 'POST', credentials: 'include' })) === 0 ? 'opaque' : 'refused',
        socket,
      ];
    }, new URL(url).origin);
    expect(stolen).toEqual(['refused', 'opaque', 'refused']);
    expect(rig.service.seen.filter((entry) => entry.method === 'POST')).toEqual([]);
    // The page's own WebSocket passes.
    const own = await page.evaluate(`new Promise((resolve) => {
      const ws = new WebSocket('ws://' + location.host + '/ws');
      ws.onmessage = (event) => resolve(String(event.data));
      ws.onerror = () => resolve('refused');
    })`);
    expect(own).toContain('127.0.0.1');
    await context.close();
  });

  it('waits in words, says what went wrong, and goes on after Retry', async () => {
    const context = await browser.newContext({ locale: 'ko-KR' });
    const page = await context.newPage();
    let refuse = true;
    rig.site.onLaunch = async (service) => {
      if (service === 'web' && refuse) {
        throw new BerthError('service-failed', { place: 'container', retry: 'user', detail: 'no such program' });
      }
    };
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto((await rig.open()).url);
    await page.getByRole('button', { name: '다시 시도' }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('시작하지 못했습니다');
    expect(await page.title()).toContain('notes');
    await page.getByRole('button', { name: '로그 보기' }).click();
    expect(await page.textContent('#log')).toContain('no such program');
    expect(await page.evaluate('getComputedStyle(document.body).borderTopColor')).toBe('rgb(47, 111, 235)');
    if (process.env.BERTH_SHOTS) await page.screenshot({ path: `${process.env.BERTH_SHOTS}/waiting-failed.png` });
    refuse = false;
    await page.getByRole('button', { name: '다시 시도' }).click();
    await page.waitForSelector('#echo');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('takes the place of a page whose service went away, and gives it back', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto((await rig.open()).url);
    await page.waitForSelector('#echo');
    await rig.service.down();
    await page.goto(`${new URL(page.url()).origin}/some/page?x=1`);
    expect(await page.getByRole('status').textContent()).toMatch(/Opening|Connecting|Starting/);
    await until(async () => /\d s/.test((await page.textContent('#seconds')) ?? ''), 'seconds', 15_000);
    if (process.env.BERTH_SHOTS) await page.screenshot({ path: `${process.env.BERTH_SHOTS}/waiting.png` });
    await rig.service.up();
    await page.waitForSelector('#echo');
    expect(page.url()).toMatch(/\/some\/page\?x=1$/);
    await context.close();
  });

  it('says in the window that the session cannot be reached, and stops saying so', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto((await rig.open()).url);
    await page.waitForSelector('#echo');
    const bar = page.locator('[data-berth-status]');
    expect(await bar.count()).toBe(0);
    rig.site.cutAndStayAway();
    await bar.getByRole('status').waitFor({ timeout: 15_000 });
    expect(await bar.getByRole('status').textContent()).toBe(
      'The connection to the session is lost. Berth is connecting again…',
    );
    await bar.getByText(/Next try in \d+ s/).waitFor({ timeout: 15_000 });
    if (process.env.BERTH_SHOTS) await page.screenshot({ path: `${process.env.BERTH_SHOTS}/lost.png` });
    // Another page of the service, asked for now, waits in words as well.
    const other = await context.newPage();
    await other.goto(`${new URL(page.url()).origin}/other`);
    await other.getByText('The connection to the session is lost. Berth is connecting again…').waitFor();
    const loads = () => other.evaluate('performance.timeOrigin');
    const loadedAt = await loads();
    await other.getByText(/Next try in \d+ s/).waitFor({ timeout: 15_000 });
    expect(await loads()).toBe(loadedAt);
    if (process.env.BERTH_SHOTS) {
      await other.screenshot({ path: `${process.env.BERTH_SHOTS}/waiting-lost.png` });
      await other.emulateMedia({ colorScheme: 'dark' });
      await other.screenshot({ path: `${process.env.BERTH_SHOTS}/waiting-lost-dark.png` });
    }
    rig.site.mend();
    await bar.getByRole('button', { name: 'Try now' }).click();
    await bar.waitFor({ state: 'detached', timeout: 15_000 });
    await other.waitForSelector('#echo');
    expect(other.url()).toMatch(/\/other$/);
    await context.close();
  });

  it('tells a window with a used address what to do', async () => {
    const { url } = await rig.open();
    const context = await browser.newContext();
    const first = await context.newPage();
    await first.goto(url);
    await first.waitForSelector('#echo');
    const stranger = await browser.newContext();
    const second = await stranger.newPage();
    await second.goto(url);
    await until(async () => ((await second.textContent('#status')) ?? '').includes('works once'), 'words');
    await second.goto(`${new URL(url).origin}/`);
    expect(await second.textContent('p')).toContain('Open the app again from Berth');
    await context.close();
    await stranger.close();
  });
});
