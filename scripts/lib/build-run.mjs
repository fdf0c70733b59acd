// Programs of e2e/ that are run by Node alone: built into dist/ together with the contract that they speak.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './ready.mjs';

/** Builds `e2e/NAME/main.ts`. */
export async function buildProgram(name) {
  const { build } = await import('vite');
  const outDir = join(root, 'dist', name);
  rmSync(outDir, { recursive: true, force: true });
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { external: true },
    build: {
      ssr: join(root, 'e2e', name, 'main.ts'),
      outDir,
      target: 'node20',
      minify: false,
      rolldownOptions: { external: [/^(?![./]|\/)/] },
    },
  });
}

/** Answers what the `main` of a built program answers. */
export async function runProgram(name, argv) {
  const { main } = await import(pathToFileURL(join(root, 'dist', name, 'main.js')).href);
  return main(argv);
}

/** Builds `e2e/NAME/main.ts` and answers what its `main` answers. */
export async function buildAndRun(name, argv) {
  await buildProgram(name);
  return runProgram(name, argv);
}
