#!/usr/bin/env node
// `npm run bench [-- --only NAME] [--json] [--record]`: the figures of speed and size, each beside a reference of the same run.
import { buildAndRun } from './lib/build-run.mjs';
import { ensureSystemPackages } from './lib/packages.mjs';
import { ensureBuilt, ensurePackages } from './lib/ready.mjs';

await ensurePackages();
await ensureSystemPackages();
await ensureBuilt();
process.exit(await buildAndRun('bench', process.argv.slice(2)));
