#!/usr/bin/env node
// `npm run test:conformance`: drives the sandbox with the official Python client, each face with the client of its time,
// in API mode and in session mode. Where Python, its index or ssh cannot be had it says so and ends with 0.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';

/** Each manager that the sandbox plays, the client that was published with it, and the Python that this client wants. */
const lanes = [
  { manager: 'current', client: '25.15.12', python: '3.13' },
  { manager: 'legacy', client: '24.3.11', python: '3.12' },
];
const modes = ['api', 'session'];
const cache = join(root, '.cache', 'conformance');

function runs(file, args) {
  return spawnSync(file, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** An interpreter of that series: on the path, or one of pyenv's. */
function findPython(series) {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv).filter((name) => name.startsWith(`${series}.`)) : [];
  const own = versions.map((name) => join(pyenv, name, 'bin', 'python'));
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, `python${series}`))
    // A pyenv shim exists for versions that are not chosen, and fails.
    .filter((file) => existsSync(file) && runs(file, ['-c', '']));
  return [...own, ...onPath].find((file) => runs(file, ['-c', 'import venv, ensurepip'])) ?? null;
}

/** The interpreter of a virtual environment with the client, or words why there is none. */
function prepare({ client, python }) {
  const folder = join(cache, client);
  const interpreter = join(folder, 'bin', 'python');
  const complete = join(folder, '.complete');
  if (existsSync(complete)) return { interpreter };
  const base = findPython(python);
  if (base === null) return { reason: `there is no Python ${python} with venv on this machine` };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  if (!runs(base, ['-m', 'venv', folder])) return { reason: `Python ${python} could not make a virtual environment` };
  console.log(`Fetching backend.ai-client ${client} (once, about a minute)…`);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `backend.ai-client==${client}`];
  const pip = spawnSync(interpreter, args, { encoding: 'utf8', timeout: 600_000 });
  if (pip.status !== 0) {
    const last = `${pip.stderr ?? ''}`.trim().split('\n').at(-1);
    return { reason: `backend.ai-client ${client} could not be fetched: ${last}` };
  }
  writeFileSync(complete, '');
  return { interpreter };
}

/** Starts the sandbox; resolves with what it prints about itself. */
function startSandbox(manager, dataDir) {
  const program = join(root, 'dist', 'main', 'sandbox.js');
  const args = [program, '--manager', manager, '--data-dir', dataDir, '--webserver', '--pace', '40'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (data) => {
    log = (log + data).slice(-4000);
  });
  const ready = new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (text.includes('\n')) resolve(JSON.parse(text));
    });
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}: ${log}`)));
  });
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGTERM');
    });
  return { ready, stop };
}

/** One mode of one lane; resolves with the numbers of steps that passed and failed. */
function drive(interpreter, mode, site, title) {
  const script = join(root, 'scripts', 'conformance', 'drive.py');
  const env = { ...process.env, BERTH_SITE: JSON.stringify(site), PYTHONUNBUFFERED: '1' };
  const child = spawn(interpreter, [script, mode], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const counts = { passed: 0, failed: 0 };
  let rest = '';
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = (errors + data).slice(-4000);
  });
  child.stdout.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // The client prints lines of its own between ours.
      if (!line.startsWith('{"step"')) continue;
      const { step, ok, note } = JSON.parse(line);
      counts[ok ? 'passed' : 'failed'] += 1;
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${title} ${step}${note === '' ? '' : ` (${note.trim()})`}`);
    }
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 240_000);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code !== 0 && counts.failed === 0) {
        counts.failed += 1;
        console.log(`FAILED ${title} ${mode}: the client ended with ${code}\n${errors}`);
      }
      resolve(counts);
    });
  });
}

await ensurePackages();
const total = { passed: 0, failed: 0 };
if (!runs('ssh', ['-V'])) {
  console.log('not run here: the conformance lane needs an ssh client');
  process.exit(0);
}
await ensureBuilt();
for (const lane of lanes) {
  const title = `${lane.manager} (client ${lane.client})`;
  const { interpreter, reason } = prepare(lane);
  if (interpreter === undefined) {
    console.log(`not run here: ${title}: ${reason}`);
    continue;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'berth-conformance-'));
  const sandbox = startSandbox(lane.manager, dataDir);
  try {
    const site = { ...(await sandbox.ready), manager: lane.manager };
    for (const mode of modes) {
      const { passed, failed } = await drive(interpreter, mode, site, title);
      total.passed += passed;
      total.failed += failed;
    }
  } finally {
    await sandbox.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
