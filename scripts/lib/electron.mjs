// Is there an Electron runtime, and can one be had? Only `npm start` asks; no test depends on the answer.
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { root } from './ready.mjs';
import { run } from './run.mjs';

const folder = join(root, 'node_modules', 'electron');

/** Path of the runtime's program, or null. */
export function electronProgram() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const program = override ? join(override, name) : join(folder, 'dist', name);
  return existsSync(program) ? program : null;
}

function canReach(host, port, timeoutMs) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/** Why Electron cannot show a window here, or null when it could. */
function displayProblem() {
  if (process.platform !== 'linux') return null;
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return null;
  return 'there is no display';
}

/**
 * Finds an Electron runtime, fetching it once where its download place can be reached.
 * Answers `{ program }`, or `{ why }` within 5 s when there is none to be had.
 */
export async function findElectron() {
  const problem = displayProblem();
  if (problem) return { why: problem };
  const present = electronProgram();
  if (present) return { program: present };
  if (!(await canReach('github.com', 443, 2_500))) {
    return { why: 'no Electron runtime is installed and its download place cannot be reached' };
  }
  console.error('Fetching the Electron runtime (once)…');
  const { code } = await run(process.execPath, [join(folder, 'install.js')], { cwd: root, quiet: true });
  const program = electronProgram();
  return code === 0 && program ? { program } : { why: 'the Electron runtime could not be fetched' };
}
