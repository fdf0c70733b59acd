/** Throughput through gateway and link against OpenSSH's own `ssh -L`, to the same server program in the same run. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import {
  removeFolder,
  type SandboxInfo,
  scratchFolder,
  startBrowserHost,
  startProcess,
  startSandbox,
} from '../hosts/process.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { launchOptions } from './chromium.ts';
import { type Figure, median, ratioAtLeast } from './figure.ts';

const runs = 7;
/** Until both sides' code is compiled and their heaps have grown. */
const warmUps = 2;
const bodyMiB = 256;

/** A web server in a process of its own: a page at `/`, `bodyMiB` of the same bytes at `/body`. */
const sourceProgram = `
  const piece = Buffer.alloc(1 << 20, 7);
  const server = require('node:http').createServer(async (request, response) => {
    if (request.url !== '/body') return response.setHeader('content-type', 'text/html').end('<title>source</title>');
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': piece.length * ${bodyMiB} });
    for (let i = 0; i < ${bodyMiB}; i++) if (!response.write(piece)) await new Promise((done) => response.once('drain', done));
    response.end();
  });
  server.listen(0, '127.0.0.1', () => console.log('listening ' + server.address().port));
`;

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A client in a process of its own, started anew each time: the browser driver's big heap would slow it down at random. */
const clientProgram = `
  const { port, headers } = JSON.parse(process.argv[1]);
  const startedAt = performance.now();
  require('node:http').get({ host: '127.0.0.1', port, path: '/body', headers }, (answer) => {
    let bytes = 0;
    answer.on('data', (data) => (bytes += data.byteLength));
    answer.once('end', () => console.log(JSON.stringify({ status: answer.statusCode, bytes, ms: performance.now() - startedAt })));
  });
`;

/** MiB a second of one download. */
async function download(port: number, headers: Record<string, string>): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-e',
    clientProgram,
    JSON.stringify({ port, headers }),
  ]);
  const { status, bytes, ms } = JSON.parse(stdout) as { status: number; bytes: number; ms: number };
  const expected = bodyMiB * 1024 * 1024;
  if (status !== 200 || bytes !== expected) throw new Error(`status ${status}, ${bytes} of ${expected} bytes`);
  return bodyMiB / (ms / 1000);
}

/** One signed request to the sandbox, from our own reading of the protocol. */
async function createSession(site: SandboxInfo, name: string, port: number): Promise<void> {
  const url = new URL('/session', site.endpoint);
  const date = new Date().toISOString();
  const version = 'v8.20240915';
  const empty = createHash('sha256').update('').digest('hex');
  const text = [
    'POST',
    url.pathname,
    date,
    `host:${url.host}`,
    'content-type:application/json',
    `x-backendai-version:${version}`,
    empty,
  ].join('\n');
  const hmac = (key: string | Buffer, message: string) => createHmac('sha256', key).update(message).digest();
  const key = hmac(hmac(site.secretKey, date.slice(0, 10).replaceAll('-', '')), url.host);
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const images = await fetch(url, {
    method: 'POST',
    headers: {
      'X-BackendAI-Version': version,
      'X-BackendAI-Date': date,
      'Content-Type': 'application/json',
      Authorization: `BackendAI signMethod=HMAC-SHA256, credential=${site.accessKey}:${signature}`,
    },
    body: JSON.stringify({
      name,
      image: 'shell',
      architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
      group: 'default',
      domain: 'default',
      enqueueOnly: true,
      config: {
        resources: { cpu: '1', mem: '1g' },
        resource_opts: { shmem: '64m' },
        preopen_ports: [port],
        scaling_group: 'default',
      },
    }),
  });
  if (!images.ok) throw new Error(`The sandbox refused the session: ${images.status} ${await images.text()}`);
}

/** OpenSSH's server on a loopback port and its client's forward to `target`; answers the local port. */
async function opensshForward(folder: string, target: number): Promise<{ port: number; stop(): Promise<void> }> {
  mkdirSync('/run/sshd', { recursive: true });
  const file = (name: string) => join(folder, name);
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  writeFileSync(file('authorized'), execFileSync('cat', [file('user.pub')]));
  chmodSync(file('authorized'), 0o600);
  const serverPort = await freePort();
  const localPort = await freePort();
  writeFileSync(
    file('sshd_config'),
    [
      `Port ${serverPort}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized')}`,
      'UsePAM no',
      'PidFile none',
      'StrictModes no',
      'PermitRootLogin yes',
    ].join('\n'),
  );
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], { stdio: 'ignore' });
  await reachable(serverPort);
  const client = spawn(
    'ssh',
    [
      '-N',
      '-F',
      'none',
      '-i',
      file('user'),
      '-p',
      String(serverPort),
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'LogLevel=ERROR',
      '-L',
      `127.0.0.1:${localPort}:127.0.0.1:${target}`,
      'root@127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  await reachable(localPort);
  const gone = (child: typeof server) =>
    new Promise<void>((done) => (child.exitCode !== null ? done() : child.once('exit', () => done())));
  return {
    port: localPort,
    stop: async () => {
      client.kill();
      server.kill();
      await Promise.all([gone(client), gone(server)]);
    },
  };
}

async function reachable(port: number): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const ok = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        done(true);
      });
      socket.once('error', () => done(false));
    });
    if (ok) return;
    if (Date.now() > until) throw new Error(`nothing listens on ${port}`);
  }
}

export async function tunnelFigures(): Promise<Figure[]> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/sshd')) {
    console.error('tunnel: needs root and OpenSSH’s server, left out here');
    return [];
  }
  const folders = [scratchFolder(), scratchFolder(), scratchFolder()];
  const [siteFolder = '', dataDir = '', sshFolder = ''] = folders;
  const source = await startProcess([process.execPath, '-e', sourceProgram], /^listening (\d+)/);
  const sourcePort = Number(source.match[1]);
  const site = await startSandbox(siteFolder, ['--sshd', 'openssh']);
  const berth = await startBrowserHost(dataDir);
  const browser = await chromium.launch(launchOptions);
  const forward = await opensshForward(sshFolder, sourcePort);
  try {
    const name = `tunnel-${randomUUID().slice(0, 6)}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(berth.url);
    await new SignInPage(page).signIn(site);
    const main = new MainPage(page);
    await main.ready();
    await createSession(site, name, sourcePort);
    await main.waitRunning(name);
    await main.control(name, 'Apps').click();
    const tile = page
      .getByRole('dialog', { name: `Apps of ${name}` })
      .getByRole('button', { name: new RegExp(String(sourcePort)) });
    const [window] = await Promise.all([context.waitForEvent('page'), tile.click()]);
    await window.waitForURL(
      (url) => url.hostname.endsWith('.localhost') && url.pathname === '/' && url.port !== new URL(page.url()).port,
    );
    const gateway = new URL(window.url());
    const cookie = await window
      .waitForFunction(() => true)
      .then(async () => {
        const cookies = await context.cookies(gateway.href);
        return cookies.map((it) => `${it.name}=${it.value}`).join('; ');
      });
    await window.close();
    const ours: number[] = [];
    const theirs: number[] = [];
    const mine = () => download(Number(gateway.port), { host: gateway.host, cookie });
    const other = () => download(forward.port, {});
    for (let run = 0; run < warmUps + runs; run++) {
      // Taking turns at going first: a slow spell of the machine meets both.
      const theirsFirst = run % 2 === 1 ? await other() : null;
      const our = await mine();
      const their = theirsFirst ?? (await other());
      if (run < warmUps) continue;
      ours.push(our);
      theirs.push(their);
    }
    return [ratioAtLeast('tunnel: download through gateway and link', median(ours), 'MiB/s', median(theirs), 0.75)];
  } finally {
    await browser.close();
    await forward.stop();
    await berth.process.stop();
    await site.process.stop();
    await source.stop();
    for (const folder of folders) removeFolder(folder);
  }
}
