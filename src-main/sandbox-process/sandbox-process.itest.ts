import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type Log } from '../log/log.ts';
import { SandboxProcess } from './sandbox-process.ts';

const line = JSON.stringify({
  endpoint: 'http://127.0.0.1:1',
  accessKey: 'AK',
  secretKey: 'canary-secret',
  email: 'a@b',
  password: 'canary-password',
});
const runs = `process.stdin.resume().on('end', () => process.exit(0)); console.log(${JSON.stringify(line)}); setInterval(() => {}, 1000);`;

let folder: string;
let log: Log;
let made: SandboxProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-sandbox-'));
  log = createLog({ file: join(folder, 'berth.log') });
});
afterEach(async () => {
  await Promise.all(made.map((it) => it.dispose()));
  made = [];
  log.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function sandbox(script: string, startWithinMs = 10_000, command = process.execPath): SandboxProcess {
  const it = new SandboxProcess({ command, args: ['-e', script], log, startWithinMs });
  made.push(it);
  return it;
}

describe('SandboxProcess', () => {
  it('starts once for many who ask, and ends with Berth', async () => {
    const it = sandbox(
      `require('fs').appendFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + '\\n');${runs}`,
    );
    expect(it.state.state).toBe('stopped');
    const [one, two] = await Promise.all([it.start(), it.start()]);
    expect(one).toMatchObject({ endpoint: 'http://127.0.0.1:1', accessKey: 'AK' });
    expect(two).toBe(one);
    expect(it.state.state).toBe('running');
    const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(1);
    await it.dispose();
    expect(() => process.kill(pids[0] ?? 0, 0)).toThrow('ESRCH');
    await expect.poll(() => it.state.state).toBe('stopped');
    await expect(it.start()).rejects.toMatchObject({ code: 'sandbox-failed' });
  });

  it('kills one that does not end by itself, within 2 s', async () => {
    const it = sandbox(
      `process.on('SIGTERM', () => {}); console.log(${JSON.stringify(line)}); setInterval(() => {}, 1000);`,
    );
    await it.start();
    const began = Date.now();
    await it.dispose();
    expect(Date.now() - began).toBeLessThan(1_900);
  });

  it('fails with its last words, and can be started again', async () => {
    const flag = join(folder, 'flag');
    const it = sandbox(
      `if (!require('fs').existsSync(${JSON.stringify(flag)})) { require('fs').writeFileSync(${JSON.stringify(flag)}, ''); console.error('no port is free'); process.exit(3); } ${runs}`,
    );
    await expect(it.start()).rejects.toMatchObject({
      code: 'sandbox-failed',
      place: 'computer',
      detail: expect.stringMatching(/exit code 3.*no port is free/s),
    });
    expect(it.state.state).toBe('failed');
    await expect(it.start()).resolves.toMatchObject({ accessKey: 'AK' });
  });

  it('notices that it ended later, and starts it again on demand', async () => {
    const it = sandbox(`${runs} setTimeout(() => { console.error('out of memory'); process.exit(1); }, ${'300'});`);
    await it.start();
    await expect
      .poll(() => it.state)
      .toMatchObject({ state: 'failed', error: { detail: expect.stringContaining('out of memory') } });
    await expect(it.start()).resolves.toMatchObject({ accessKey: 'AK' });
  });

  it('says when it is late, says nonsense, or is not there', async () => {
    await expect(sandbox('setInterval(() => {}, 1000)', 300).start()).rejects.toMatchObject({
      detail: expect.stringContaining('0.3 s'),
    });
    await expect(sandbox("console.log('hello'); setInterval(() => {}, 1000)").start()).rejects.toMatchObject({
      code: 'sandbox-failed',
    });
    await expect(sandbox('', 1_000, '/no/such/program').start()).rejects.toMatchObject({
      detail: expect.stringContaining('/no/such/program'),
    });
  });

  it('puts its keys into no log', async () => {
    const it = sandbox(
      `console.error('canary-secret canary-password'); ${runs} setTimeout(() => process.exit(1), 300);`,
    );
    await it.start();
    await expect.poll(() => it.state.state).toBe('failed');
    expect(readFileSync(log.file, 'utf8')).not.toContain('canary');
    expect(JSON.stringify(it.state)).not.toContain('canary');
  });
});
