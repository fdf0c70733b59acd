// A program that may crash, hang or leave something: run with a limit of time in a folder for all its temporary files, and
// tidied up after.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** `asked`: after the limit it is asked to end, and tells what it was at; then it is ended. `ending`: for those that it started. */
const usualTimes = { askedMs: 25_000, endingMs: 5_000 };

function read(path, get) {
  try {
    return get(path);
  } catch {
    // It ended meanwhile, or is somebody else's.
    return '';
  }
}

/** Processes that have to do with this folder: by their arguments, environment or working folder (Linux). */
function processesAt(folder) {
  if (process.platform !== 'linux') return [];
  const text = (path) => readFileSync(path, 'latin1');
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) =>
      [
        read(`/proc/${pid}/cmdline`, text),
        read(`/proc/${pid}/environ`, text),
        read(`/proc/${pid}/cwd`, readlinkSync),
      ].some((it) => it.includes(folder)),
    )
    .map((pid) => ({ pid: Number(pid), name: read(`/proc/${pid}/comm`, text).trim() }));
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function endAll(folder, endingMs) {
  for (const name of ['SIGTERM', 'SIGKILL']) {
    const until = Date.now() + endingMs;
    for (let left = processesAt(folder); left.length > 0; left = processesAt(folder)) {
      for (const { pid } of left) signal(pid, name);
      if (Date.now() > until) break;
      await delay(100);
    }
  }
}

/**
 * Runs a program of Node; its output is passed on line by line to `tell`. Never rejects.
 * @returns {Promise<{ code: number | null, isLate: boolean, left: string[] }>} `left`: processes and files that were there
 *   a moment after its end; they are gone by now
 */
export async function runGuarded(args, { limitMs, tell, times: { askedMs, endingMs } = usualTimes }) {
  // As short as can be: dropbear ends where the path of its Unix socket, two folders below, has more than 31 characters.
  const folder = mkdtempSync(join(process.platform === 'linux' ? '/tmp' : tmpdir(), 's'));
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 2] });
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (data) => {
    const lines = `${rest}${data}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell(line);
  });
  let isLate = false;
  let kill;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGTERM');
    kill = setTimeout(() => child.kill('SIGKILL'), askedMs);
  }, limitMs);
  const pass = (name) => child.kill(name);
  for (const name of ['SIGTERM', 'SIGINT']) process.on(name, pass);
  // Not `close`: what it left may hold its output open.
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  clearTimeout(kill);
  await delay(200);
  if (rest !== '') tell(rest);
  const until = Date.now() + endingMs;
  let processes = processesAt(folder);
  for (; processes.length > 0 && Date.now() < until; processes = processesAt(folder)) await delay(100);
  const files = readdirSync(folder);
  await endAll(folder, endingMs);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  for (const name of ['SIGTERM', 'SIGINT']) process.off(name, pass);
  child.stdout.destroy();
  return { code, isLate, left: [...processes.map(({ name, pid }) => `process ${name} (${pid})`), ...files] };
}
