#!/usr/bin/env node
// Checks each part of the tree against only the types it may use, two at a time.
import { join } from 'node:path';
import { root } from './lib/ready.mjs';
import { run } from './lib/run.mjs';

const parts = ['contract', 'preload', 'main', 'sandbox', 'renderer', 'e2e'];
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

export async function typecheck() {
  const queue = [...parts];
  const failed = [];
  const worker = async () => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      // What was found last time is kept, so that a second run looks at what changed only.
      const known = join(root, '.cache', 'types', part);
      const { code, output } = await run(
        process.execPath,
        [tsc, '--noEmit', '--incremental', '--tsBuildInfoFile', known, '-p', `tsconfig.${part}.json`],
        { cwd: root, quiet: true },
      );
      if (code !== 0) {
        failed.push(part);
        console.error(output);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

if (process.argv[1]?.endsWith('typecheck.mjs')) process.exit((await typecheck()).length === 0 ? 0 : 1);
