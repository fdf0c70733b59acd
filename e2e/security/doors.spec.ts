/** Nothing of a session, and nothing of Berth, is reachable for another program, user or web page on this computer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, type RunningBerth, test } from '../hosts/fixture.ts';
import { listeningAddresses, processTree, rawRequest, rawUpgrade } from '../hosts/raw-http.ts';
import { MainPage } from '../pages/main-page.ts';

/** A web page of somebody else on this computer, on a port of its own. */
async function withForeignPage<T>(use: (address: string) => Promise<T>): Promise<T> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

async function cookieHeader(page: Page): Promise<string> {
  const cookies = await page.context().cookies(page.url());
  return cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
}

/** What a script of a page on this computer can get from `target`: a status, or that the browser or server refused. */
function reach(page: Page, target: string): Promise<{ fetched: string; socket: string }> {
  return page.evaluate(async (address) => {
    const fetched = await fetch(address, { credentials: 'include' })
      .then((answer) => `status ${answer.status}`)
      .catch(() => 'refused');
    const socket = await new Promise<string>((done) => {
      const ws = new WebSocket(address.replace(/^http/, 'ws'));
      ws.onopen = () => done('open');
      ws.onerror = () => done('refused');
    });
    return { fetched, socket };
  }, target);
}

async function openJupyter(berth: RunningBerth): Promise<Page> {
  const main = new MainPage(berth.page);
  await main.ready();
  await main.start({ name: 'doors-1' });
  await main.waitRunning('doors-1', 120_000);
  await main.control('doors-1', 'Apps').click();
  const dialog = berth.page.getByRole('dialog', { name: 'Apps of doors-1' });
  const window = await berth.nextWindow(() => dialog.getByRole('button', { name: 'Jupyter Notebook' }).click());
  await window.locator('#notebook_list, .jp-FileBrowser').first().waitFor({ timeout: 60_000 });
  await berth.page.keyboard.press('Escape');
  return window;
}

test('the door of Berth’s own pages', async ({ berth }) => {
  const main = new MainPage(berth.page);
  await main.ready();
  const own = new URL('/', berth.page.url()).href;
  const host = new URL(own).host;
  const cookie = await cookieHeader(berth.page);

  await test.step('a foreign or missing Host is refused, even with the cookie', async () => {
    for (const foreign of [
      'evil.example',
      `127.0.0.1:${new URL(own).port}`,
      `localhost:${new URL(own).port}`,
      `${host}.evil.example`,
    ]) {
      const answer = await rawRequest(own, { headers: { host: foreign, cookie } });
      expect([400, 403, 421], foreign).toContain(answer.status);
    }
  });

  await test.step('without the cookie there is nothing', async () => {
    expect((await rawRequest(own)).status).toBe(401);
    expect((await rawRequest(own, { headers: { cookie: `${cookie.split('=')[0]}=${'x'.repeat(43)}` } })).status).toBe(
      401,
    );
  });

  await test.step('the bridge wants cookie and exact Origin', async () => {
    const bridge = new URL('/bridge', own).href;
    const origin = new URL(own).origin;
    expect(await rawUpgrade(bridge, { cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await rawUpgrade(bridge, { cookie })).toBe(403);
    expect(await rawUpgrade(bridge, { origin })).toBe(401);
    const token = await rawRequest(new URL('/bridge/token', own).href, {
      method: 'POST',
      headers: { cookie, origin: 'http://evil.example' },
    });
    expect(token.status).toBe(403);
  });

  await test.step('the entry address works once', async () => {
    const entry = /berth ready (http\S+)/.exec(berth.output())?.[1] ?? '';
    const [address = '', token = ''] = entry.split('#');
    const replay = await rawRequest(address, {
      method: 'POST',
      headers: { origin: new URL(own).origin, 'content-type': 'text/plain' },
      body: token,
    });
    expect([401, 403]).toContain(replay.status);
    expect(replay.headers['set-cookie']).toBeUndefined();
  });

  await test.step('a page on another port gets nothing', async () => {
    await withForeignPage(async (address) => {
      const foreign = await berth.context.newPage();
      await foreign.goto(address);
      expect(await reach(foreign, own)).toEqual({ fetched: 'refused', socket: 'refused' });
      expect(await reach(foreign, new URL('/bridge', own).href)).toEqual({ fetched: 'refused', socket: 'refused' });
      await foreign.close();
    });
  });

  await test.step('everything listens on loopback only', async () => {
    const pid = berth.processId;
    test.skip(pid === null, 'the host does not tell its process');
    const addresses = listeningAddresses(processTree(pid ?? 0));
    expect(addresses.length).toBeGreaterThan(0);
    const loopback4 = '0100007F:';
    for (const address of addresses) expect(address.startsWith(loopback4), address).toBe(true);
  });
});

test('the door of a notebook, and what the notebook finds inside', async ({ berth }) => {
  const jupyter = await openJupyter(berth);
  const notebook = new URL('/', jupyter.url()).href;
  const cookie = await cookieHeader(jupyter);
  const own = new URL('/', berth.page.url()).href;

  await test.step('the address bar and history keep no token', async () => {
    expect(jupyter.url()).not.toContain('#');
    expect(await jupyter.evaluate(() => document.referrer)).not.toContain('token');
  });

  await test.step('foreign Host, no cookie, foreign Origin: refused', async () => {
    const api = new URL('/api/contents', notebook).href;
    expect((await rawRequest(api, { headers: { cookie } })).status).toBe(200);
    expect((await rawRequest(api)).status).toBe(403);
    for (const foreign of [
      'evil.example',
      `127.0.0.1:${new URL(notebook).port}`,
      `other.localhost:${new URL(notebook).port}`,
    ]) {
      expect([400, 403, 421]).toContain((await rawRequest(api, { headers: { cookie, host: foreign } })).status);
    }
    const write = {
      method: 'POST',
      headers: { cookie, origin: 'http://evil.example', 'content-type': 'application/json' },
      body: '{}',
    };
    expect((await rawRequest(api, write)).status).toBe(403);
    const kernels = new URL('/api/kernels', notebook).href;
    expect(await rawUpgrade(kernels, { cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await rawUpgrade(kernels, { cookie })).toBe(403);
  });

  await test.step('a page on another port gets nothing', async () => {
    await withForeignPage(async (address) => {
      const foreign = await berth.context.newPage();
      await foreign.goto(address);
      expect(await reach(foreign, new URL('/api/contents', notebook).href)).toEqual({
        fetched: 'refused',
        socket: 'refused',
      });
      await foreign.close();
    });
  });

  await test.step('the notebook finds no bridge, no opener, and no way to Berth’s own pages', async () => {
    const inside = await jupyter.evaluate(() => ({
      bridge: Object.keys(globalThis).filter((name) => /berth/i.test(name)),
      opener: globalThis.opener === null,
      node:
        typeof (globalThis as Record<string, unknown>).require === 'function' &&
        typeof (globalThis as Record<string, unknown>).process === 'object',
      cookies: document.cookie,
    }));
    expect(inside.bridge).toEqual([]);
    expect(inside.opener).toBe(true);
    expect(inside.node).toBe(false);
    expect(inside.cookies).not.toContain('berth');
    expect(await reach(jupyter, new URL('/bridge', own).href)).toEqual({ fetched: 'refused', socket: 'refused' });
    // Not only because its origin is another one: no window of a session was ever given a handle on the main one.
    const main = new MainPage(berth.page);
    const terminal = await berth.nextWindow(() => main.control('doors-1', 'Terminal').click());
    expect(new URL(terminal.url()).origin).toBe(new URL(own).origin);
    expect(await terminal.evaluate(() => globalThis.opener === null)).toBe(true);
  });
});
