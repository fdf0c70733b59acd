#!/usr/bin/env node
// `npm run test:soak [-- --minutes N --seed S]`: its last line is `N passed, N failed`, as that of `npm test`, also when
// the soak crashed or hung. It leaves no process and no file, and ends four minutes after its minutes at the latest.
import { join } from 'node:path';
import { buildProgram } from './lib/build-run.mjs';
import { runGuarded } from './lib/guarded-run.mjs';
import { ensureSystemPackages } from './lib/packages.mjs';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';

/** For the start, the warm-up, and the reckoning. */
const besidesMs = 190_000;
const defaultMinutes = 10;

await ensurePackages();
const missing = await ensureSystemPackages();
await ensureBuilt();
if (missing.includes('chromium')) {
  console.log('not run here: there is no Chromium on this machine\n0 passed, 0 failed');
  process.exit(0);
}
await buildProgram('soak');

const argv = process.argv.slice(2);
// Of several the last counts, as for the soak itself.
const minutes = Number([...argv.join(' ').matchAll(/--minutes[ =](\S+)/g)].at(-1)?.[1] ?? defaultMinutes);
const limitMs = (Number.isFinite(minutes) ? minutes : defaultMinutes) * 60_000 + besidesMs;
const summary = /^(\d+) passed, (\d+) failed$/;
let told = null;
const { code, isLate, left } = await runGuarded([join(root, 'scripts', 'lib', 'soak-program.mjs'), ...argv], {
  limitMs,
  tell: (line) => {
    const found = summary.exec(line);
    if (found === null) console.log(line);
    else told = { passed: Number(found[1]), failed: Number(found[2]) };
  },
});
// Wrong flags: the sentence is on stderr, and nothing was run.
if (code === 2 && told === null) process.exit(2);

const total = told ?? { passed: 0, failed: 0 };
const count = (name, reasons) => {
  console.log(`${reasons.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const reason of reasons) console.log(`       ${reason}`);
  if (reasons.length === 0) total.passed += 1;
  else total.failed += 1;
};
const late = isLate ? [`ended after ${Math.round(limitMs / 1000)} s`] : [];
const mute = told === null ? [`it ended with code ${code ?? 'none'} and without a word`] : [];
count('the soak comes to its end', [...late, ...mute]);
count('it leaves no process and no file', left);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
