/** Bundles a program of the sources for tests that need a process of its own: Node 20 does not run TypeScript. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../../../..');

export interface BuiltProgram {
  readonly file: string;
  dispose(): void;
}

/** @param entry path below the project's root */
export async function buildProgram(entry: string): Promise<BuiltProgram> {
  // Below the project, so that packages outside the bundle are found.
  mkdirSync(join(root, '.cache'), { recursive: true });
  const outDir = mkdtempSync(join(root, '.cache', 'program-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    ssr: { noExternal: true },
    build: {
      ssr: resolve(root, entry),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        external: ['keytar', 'ssh2', 'conf', /^node:/],
        output: { format: 'es', entryFileNames: 'program.mjs' },
      },
    },
  });
  return { file: join(outDir, 'program.mjs'), dispose: () => rmSync(outDir, { recursive: true, force: true }) };
}
