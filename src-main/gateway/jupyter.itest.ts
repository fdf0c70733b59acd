/** Debian's own Jupyter Notebook behind the gateway: the page, its API, a kernel that runs a cell over its WebSocket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { systemClock } from '../base/clock.ts';
import type { LinksService } from '../links/links-service.ts';
import {
  accepts,
  freePort,
  type RealSshServer,
  startRealSshServer,
  until,
  whyNot,
} from '../links/testing/real-ssh-server.ts';
import { linksOver } from '../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../links/testing/test-site.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { enter, type TestWindow } from './testing/window.ts';

const program = '/usr/bin/jupyter-notebook';
const reason = whyNot('dropbear') ?? (existsSync(program) ? null : `${program} is not installed`);
if (reason) console.warn(`Skipped: ${reason}`);

describe.skipIf(reason !== null)('Jupyter Notebook through the gateway', () => {
  let server: RealSshServer;
  let site: TestSite;
  let links: LinksService;
  let gateway: Gateway;
  let window: TestWindow;
  let jupyter: ChildProcess | null = null;
  let folder: string;
  let xsrf: string;

  beforeAll(async () => {
    server = await startRealSshServer('dropbear');
    folder = await mkdtemp(join(tmpdir(), 'berth-jupyter-'));
    await writeFile(join(folder, 'made-by-the-shell.txt'), 'hello');
    const port = await freePort();
    site = await startTestSite(server);
    site.services.push({ name: 'jupyter', protocol: 'http', ports: [port], urlTemplate: null });
    site.onLaunch = async (service) => {
      if (service !== 'jupyter' || jupyter) return;
      jupyter = spawn(
        program,
        [
          '--no-browser',
          '--ip=127.0.0.1',
          `--port=${port}`,
          '--port-retries=0',
          '--NotebookApp.token=',
          '--NotebookApp.password=',
          '--allow-root',
          `--notebook-dir=${folder}`,
        ],
        { stdio: 'ignore', env: { ...process.env, HOME: folder, JUPYTER_RUNTIME_DIR: join(folder, '.run') } },
      );
      // Says yes before it listens, as a slow image does: the gateway has to wait by itself.
      site.ports.set('jupyter', port);
    };
    links = linksOver(site);
    gateway = createGateway({
      links,
      accounts: site.accounts,
      known: site.known,
      clock: systemClock,
      log: { warn: () => undefined },
    });
    window = await enter((await gateway.open({ ...testRef, service: 'jupyter' })).url);
    await until(async () => (await window.state()).phase === 'ready', 'ready', 60_000);
  });

  afterAll(async () => {
    await gateway?.dispose();
    await links?.dispose();
    await site?.close();
    const child = jupyter;
    if (child) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('opens its tree and keeps its cookie', async () => {
    expect((await window.state()).path).toBe('/tree');
    const tree = await window.ask('/tree');
    expect(tree.status).toBe(200);
    expect(tree.text).toContain('<title>Home Page');
    xsrf = /_xsrf=([^;]+)/.exec((tree.headers['set-cookie'] ?? []).join('\n'))?.[1] ?? '';
    expect(xsrf).not.toBe('');
    const listing = await window.ask('/api/contents');
    expect(listing.text).toContain('made-by-the-shell.txt');
  });

  const post = (path: string, body: unknown) =>
    window.ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        origin: window.origin,
        referer: `${window.origin}/tree`,
        cookie: `${window.cookie}; _xsrf=${xsrf}`,
        'x-xsrftoken': xsrf,
        'content-type': 'application/json',
      },
    });

  it('makes a notebook', async () => {
    const made = await post('/api/contents', { type: 'notebook' });
    expect(made.status).toBe(201);
    expect(JSON.parse(made.text)).toMatchObject({ type: 'notebook' });
  });

  /** A page's connection to a kernel. */
  async function kernel(): Promise<{
    ws: WebSocket;
    output: string[];
    run(code: string): void;
    printed(): string;
  }> {
    const made = JSON.parse((await post('/api/kernels', { name: 'python3' })).text) as { id: string };
    const session = randomUUID();
    const ws = window.socket(`/api/kernels/${made.id}/channels?session_id=${session}`);
    const output: string[] = [];
    ws.on('message', (data) => {
      const message = JSON.parse(String(data)) as { msg_type: string; content: { text?: string } };
      if (message.msg_type === 'stream') output.push(message.content.text ?? '');
    });
    await new Promise((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('error', reject);
    });
    const run = (code: string): void =>
      ws.send(
        JSON.stringify({
          header: {
            msg_id: randomUUID(),
            username: 'u',
            session,
            date: new Date().toISOString(),
            msg_type: 'execute_request',
            version: '5.3',
          },
          parent_header: {},
          metadata: {},
          content: { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false },
          channel: 'shell',
          buffers: [],
        }),
      );
    return { ws, output, run, printed: () => output.join('') };
  }

  it('runs a cell over the kernel WebSocket', async () => {
    const { ws, run, printed } = await kernel();
    run('print(6*7)');
    await until(() => printed().includes('42'), 'output', 30_000);
    ws.close();
    expect(await accepts(server.port)).toBe(true);
  });

  it('keeps the kernel WebSocket through a cut, with every line of output once', async () => {
    const { ws, run, printed } = await kernel();
    let closed = 0;
    ws.on('close', () => {
      closed += 1;
    });
    const awayMs = Number(process.env.BERTH_CUT_MS ?? 3_000);
    const count = 100 + Math.ceil((awayMs + 3_000) / 10);
    run(`import time\nfor i in range(${count}):\n    print(i, flush=True)\n    time.sleep(0.01)\nprint('over')`);
    const lines = () => printed().split('\n').slice(0, -1);
    await until(() => lines().length > 50, 'first lines', 30_000);
    // First silence, in which Jupyter goes on to write into a connection that leads nowhere; then the break.
    site.stall();
    await new Promise((resolve) => setTimeout(resolve, 500));
    site.cutAndStayAway();
    site.unstall();
    await until(() => links.list()[0]?.state !== 'up', 'lost');
    // What a person does meanwhile is kept as well.
    run("print('asked while away')");
    const atCut = lines().length;
    await new Promise((resolve) => setTimeout(resolve, awayMs - 500));
    expect([lines().length, closed]).toEqual([atCut, 0]);
    site.mend();
    const mendedAt = performance.now();
    await until(() => lines().length > atCut, 'output again', 40_000);
    const againMs = Math.round(performance.now() - mendedAt);
    await until(() => printed().includes('asked while away'), 'the rest', 30_000);
    expect(lines()).toEqual([...Array.from({ length: count }, (_, i) => String(i)), 'over', 'asked while away']);
    run("print('after', 6*7)");
    await until(() => printed().includes('after 42'), 'a cell after the cut', 30_000);
    expect([closed, ws.readyState]).toEqual([0, ws.OPEN]);
    console.info(
      `Kernel WebSocket: away ${awayMs} ms, ${atCut} of ${count} lines before, output ${againMs} ms after the link`,
    );
    ws.close();
    await until(() => closed === 1, 'closed by the page');
  });

  it('survives a restart of Jupyter in the container', async () => {
    const { ws } = await kernel();
    const code = new Promise<number>((resolve) => ws.once('close', (number) => resolve(number)));
    const old = jupyter;
    jupyter = null;
    old?.kill('SIGKILL');
    // The page hears of it and connects again by itself.
    expect([1006, 1012]).toContain(await code);
    const page = await window.ask('/tree', { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } });
    expect([page.status, page.text.includes('/.berth/page.js')]).toEqual([503, true]);
    await until(async () => (await window.state()).phase === 'ready', 'started again', 60_000);
    expect((await window.ask('/api/contents')).text).toContain('made-by-the-shell.txt');
    const again = await kernel();
    again.run('print(6*7)');
    await until(() => again.printed().includes('42'), 'output', 30_000);
    again.ws.close();
  });
});
