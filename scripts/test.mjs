#!/usr/bin/env node
// `npm test`: sets up what is missing, then runs every check that this machine can run, and adds them up.
// Its last line is `N passed, N failed`; what could not run here is named before it, with the reason.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { electronProgram } from './lib/electron.mjs';
import { ensureSystemPackages } from './lib/packages.mjs';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';
import { run } from './lib/run.mjs';

await ensurePackages();
const missing = await ensureSystemPackages();
await ensureBuilt();
const { typecheck } = await import('./typecheck.mjs');

const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const total = { passed: 0, failed: 0 };
const skipped = [];
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

async function vitest(project) {
  const startedAt = Date.now();
  const file = join(results, `${project}.json`);
  const { code } = await run(
    process.execPath,
    [
      bin('vitest', 'vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { cwd: root },
  );
  if (!existsSync(file)) return count(project, 0, 1, startedAt);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (['pending', 'skipped', 'todo'].includes(test.status)) skipped.push(`${project}: ${test.fullName}`);
    }
  }
  const failed =
    report.numFailedTests +
    report.testResults.filter((it) => it.status === 'failed' && it.assertionResults.length === 0).length;
  count(project, report.numPassedTests, code !== 0 && failed === 0 ? 1 : failed, startedAt);
}

async function playwright(project, wrap = []) {
  const startedAt = Date.now();
  const file = join(results, `e2e-${project}.json`);
  const command = [
    ...wrap,
    process.execPath,
    bin('@playwright', 'test', 'cli.js'),
    'test',
    '--project',
    project,
    '--reporter=line,json',
  ];
  const { code } = await run(command[0], command.slice(1), {
    cwd: root,
    env: {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      PLAYWRIGHT_HTML_OPEN: 'never',
      ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent',
    },
  });
  if (!existsSync(file)) return count(`e2e ${project}`, 0, 1, startedAt);
  const { stats } = JSON.parse(readFileSync(file, 'utf8'));
  if (stats.skipped > 0) skipped.push(`e2e ${project}: ${stats.skipped} specs (see their lines above)`);
  const failed = stats.unexpected + stats.flaky;
  count(`e2e ${project}`, stats.expected, code !== 0 && failed === 0 ? 1 : failed, startedAt);
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
for (const reason of skipped) console.log(`not run here: ${reason}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
