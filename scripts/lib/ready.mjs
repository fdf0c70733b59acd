// Makes a checkout ready to run: packages installed, sources built. Quick when there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { run } from './run.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const minimumNode = [20, 19];

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  console.error(`Berth needs Node ${minimumNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const setUpLock = join(root, '.cache', 'set-up.lock');

/** npm writes this file last, so it is the time of the last whole install. */
const installedMark = join(root, 'node_modules', '.package-lock.json');

function packagesAreCurrent() {
  if (!existsSync(installedMark)) return false;
  return statSync(installedMark).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs - 1;
}

/** Installs the packages of the lock file when they are missing or older than it. */
export async function ensurePackages() {
  checkNode();
  if (packagesAreCurrent()) return;
  await withLock(setUpLock, install);
}

async function install() {
  // Another process may have done it while this one waited.
  if (packagesAreCurrent()) return;
  console.error('Installing packages (once, about half a minute)…');
  const { code } = await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  if (code !== 0) {
    console.error(
      'npm ci failed: see its lines above. Nothing was changed but node_modules; run the same command again.',
    );
    process.exit(1);
  }
}

const sourceRoots = ['src-main', 'src-preload', 'src-renderer', 'src-sandbox', 'vite.config.ts', 'package-lock.json'];
const stampFile = join(root, 'dist', '.stamp');

function sourceStamp() {
  const hash = createHash('sha256');
  const walk = (path) => {
    const info = statSync(path);
    if (info.isDirectory()) {
      for (const name of readdirSync(path).sort()) walk(join(path, name));
    } else if (!/\.i?test\.tsx?$/.test(path)) {
      hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
    }
  };
  for (const name of sourceRoots) {
    if (existsSync(join(root, name))) walk(join(root, name));
  }
  return hash.digest('hex');
}

/** Builds when a source file changed since the last build. */
export async function ensureBuilt({ force = false } = {}) {
  if (!force && buildIsCurrent(sourceStamp())) return;
  await withLock(setUpLock, () => build(force));
}

function buildIsCurrent(stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
}

async function build(force) {
  const stamp = sourceStamp();
  if (!force && buildIsCurrent(stamp)) return;
  console.error('Building…');
  rmSync(stampFile, { force: true });
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await run(process.execPath, [vite, 'build', '--app', '--logLevel', 'warn'], {
    cwd: root,
    quiet: true,
    env: { NODE_ENV: 'production' },
  });
  if (code !== 0) {
    console.error(output);
    console.error('The build failed: see the lines above.');
    process.exit(1);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}
