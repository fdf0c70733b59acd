#!/usr/bin/env node
// `npm test`: sets up what is missing, then runs every check that this machine can run, and adds them up.
// Its last line is `N passed, N failed`; what could not run here is named before it, with the reason.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { electronProgram } from './lib/electron.mjs';
import { ensureSystemPackages } from './lib/packages.mjs';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';
import { run } from './lib/run.mjs';
import { playwrightReport, vitestReport } from './lib/test-report.mjs';

await ensurePackages();
const missing = await ensureSystemPackages();
await ensureBuilt();
const { typecheck } = await import('./typecheck.mjs');

const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const total = { passed: 0, failed: 0 };
const skipped = [];
const failures = [];
const unsteady = [];
const lines = [];

function count(name, passed, failed, startedAt) {
  total.passed += passed;
  total.failed += failed;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  lines.push(`${name}: ${passed} passed, ${failed} failed (${seconds} s)`);
  console.error(lines.at(-1));
}

async function single(name, check) {
  const startedAt = Date.now();
  const ok = await check();
  count(name, ok ? 1 : 0, ok ? 0 : 1, startedAt);
}

const bin = (...path) => join(root, 'node_modules', ...path);

/** More failures than this are no accident of a busy machine. */
const mayRepeat = 3;

/**
 * Counts a run. A few failures are looked at once more, alone: what passes then counts, and is named as unsteady, since a
 * busy machine should not hide the rest of the answer, nor the unsteadiness.
 */
async function suite(name, runFiles) {
  const startedAt = Date.now();
  const first = await runFiles([]);
  const files = first.files;
  const failing = [...files].filter(([, entry]) => entry.failures.length > 0).map(([file]) => file);
  const texts = failing.flatMap((file) => files.get(file).failures);
  if (texts.length > 0 && texts.length <= mayRepeat) {
    for (const text of texts) console.error(`failed, runs once more alone: ${name}: ${text}`);
    const second = await runFiles(failing);
    for (const file of failing) files.set(file, second.files.get(file) ?? files.get(file));
    const left = new Set(failing.flatMap((file) => files.get(file).failures).map(titleOf));
    for (const text of texts) if (!left.has(titleOf(text))) unsteady.push(`${name}: ${text}`);
  }
  let passed = 0;
  let failed = 0;
  for (const entry of files.values()) {
    passed += entry.passed;
    failed += entry.failures.length;
    failures.push(...entry.failures.map((it) => `${name}: ${it}`));
    skipped.push(...entry.skipped.map((it) => `${name}: ${it}`));
  }
  if (failed === 0 && texts.length === 0 && first.code !== 0) {
    failed = 1;
    failures.push(`${name}: ended with code ${first.code} though no test failed; see its output above`);
  }
  count(name, passed, failed, startedAt);
}

/** Without the error, which may differ between two runs. */
const titleOf = (text) => text.split(': ').slice(0, 2).join(': ');

function vitest(project) {
  return suite(project, async (only) => {
    const file = join(results, `${project}${only.length > 0 ? '-again' : ''}.json`);
    const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const args = [bin('vitest', 'vitest.mjs'), 'run', '--project', project, ...report, ...only];
    const { code } = await run(process.execPath, args, { cwd: root });
    return { code, files: existsSync(file) ? vitestReport(file, root) : new Map() };
  });
}

function playwright(project, wrap = []) {
  return suite(`e2e ${project}`, async (only) => {
    const file = join(results, `e2e-${project}${only.length > 0 ? '-again' : ''}.json`);
    const cli = [process.execPath, bin('@playwright', 'test', 'cli.js'), 'test', `--project=${project}`];
    const command = [
      ...wrap,
      ...cli,
      '--reporter=line,json',
      ...(only.length > 0 ? ['--workers=1', '--trace=retain-on-failure', ...only] : []),
    ];
    const { code } = await run(command[0], command.slice(1), {
      cwd: root,
      env: {
        PLAYWRIGHT_JSON_OUTPUT_NAME: file,
        PLAYWRIGHT_HTML_OPEN: 'never',
        ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent',
      },
    });
    return { code, files: existsSync(file) ? playwrightReport(file) : new Map() };
  });
}

await single(
  'lint',
  async () => (await run(bin('.bin', 'biome'), ['check', '--error-on-warnings', '.'], { cwd: root })).code === 0,
);
await single('types', async () => (await typecheck()).length === 0);
await vitest('unit');
await vitest('integration');
if (missing.includes('chromium')) skipped.push('e2e: there is no Chromium on this machine');
else {
  await playwright('browser');
  if (missing.includes('xvfb')) skipped.push('e2e headed: there is no Xvfb on this machine');
  else await playwright('headed', ['xvfb-run', '-a', '-s', '-screen 0 1280x900x24 -nolisten tcp']);
}
if (electronProgram()) await playwright('electron');
else skipped.push('e2e electron: no Electron runtime on this machine, so the specs ran on the browser host only');

skipped.push('conformance with the official Python client: it has a command of its own, npm run test:conformance');

console.log(`\n${lines.join('\n')}`);
for (const failure of failures) console.log(`failed: ${failure}`);
for (const text of unsteady) console.log(`unsteady, passed alone after it failed: ${text}`);
for (const reason of skipped) console.log(`not run here: ${reason}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
