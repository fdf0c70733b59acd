#!/usr/bin/env node
// `npm run bench [-- --only NAME] [--json]`: the figures of speed and size, each beside a reference of the same run.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureSystemPackages } from './lib/packages.mjs';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';

await ensurePackages();
await ensureSystemPackages();
await ensureBuilt();

const { build } = await import('vite');
const outDir = join(root, 'dist', 'bench');
rmSync(outDir, { recursive: true, force: true });
await build({
  configFile: false,
  root,
  logLevel: 'error',
  ssr: { external: true },
  build: {
    ssr: join(root, 'e2e', 'bench', 'main.ts'),
    outDir,
    target: 'node20',
    minify: false,
    rolldownOptions: { external: [/^(?![./]|\/)/] },
  },
});
const { main } = await import(pathToFileURL(join(outDir, 'main.js')).href);
process.exit(await main(process.argv.slice(2)));
