#!/usr/bin/env node
// `npm run screenshots`: renews the README's pictures from what the specs drew.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';
import { run } from './lib/run.mjs';

await ensurePackages();
await ensureBuilt();
const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
const { code } = await run(
  process.execPath,
  [playwright, 'test', '--project=browser', 'looks', '--grep', 'every screen is accessible'],
  { cwd: root },
);
const target = join(root, 'assets', 'screenshots');
mkdirSync(target, { recursive: true });
for (const [from, to] of [
  ['sessions-light', 'sessions'],
  ['terminal-light', 'terminal'],
]) {
  const picture = join(root, 'test-results', 'looks', `${from}.png`);
  if (existsSync(picture)) copyFileSync(picture, join(target, `${to}.png`));
}
process.exit(code);
