#!/usr/bin/env node
// `npm run test:soak [-- --minutes N --seed S]`: its last line is `N passed, N failed`, as that of `npm test`.
import { buildAndRun } from './lib/build-run.mjs';
import { ensureSystemPackages } from './lib/packages.mjs';
import { ensureBuilt, ensurePackages } from './lib/ready.mjs';

await ensurePackages();
const missing = await ensureSystemPackages();
await ensureBuilt();
if (missing.includes('chromium')) {
  console.log('not run here: there is no Chromium on this machine\n0 passed, 0 failed');
  process.exit(0);
}
process.exit(await buildAndRun('soak', process.argv.slice(2)));
