/** The entry of the browser host: what `npm start` imports. */
import { fileURLToPath } from 'node:url';
import { runProgram } from './program.ts';

export { parseFlagsOrExit } from '../flags.ts';

/** Runs until a signal ends it. Wrong flags: one sentence on stderr and exit code 2. */
export async function run(argv: readonly string[]): Promise<void> {
  await runProgram(argv, {
    mainDir: fileURLToPath(new URL('.', import.meta.url)),
    loadApp: () => import('../../app.ts'),
  });
}
