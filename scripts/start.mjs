#!/usr/bin/env node
// `npm start`: set up what is missing, build what changed, start the app in Electron or in the browser host.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findElectron } from './lib/electron.mjs';
import { endWithNpm } from './lib/parent.mjs';
import { ensureBuilt, ensurePackages, root } from './lib/ready.mjs';

const argv = process.argv.slice(2);

endWithNpm();
await ensurePackages();
await ensureBuilt();

if (argv[0] === 'doctor') {
  const doctor = await import(pathToFileURL(join(root, 'dist', 'main', 'doctor.js')).href);
  process.exit(await doctor.runDoctor(argv.slice(1)));
}

const browserHost = await import(pathToFileURL(join(root, 'dist', 'main', 'browser.js')).href);
// Throws away nothing: the host parses the same flags again; wrong ones end here with one sentence and exit code 2.
const flags = browserHost.parseFlagsOrExit(argv);

/** The Electron program to use, or null for the browser host; says in one line why it is not Electron. */
async function chooseElectron() {
  if (flags.host === 'browser') return null;
  // Printing an address instead of opening a window is the browser host's way by nature.
  if (flags.host === 'auto' && flags.noOpen) return null;
  const found = await findElectron();
  if (found.program) return found.program;
  if (flags.host === 'electron') {
    console.error(`Berth cannot start in Electron: ${found.why}. Try: npm start -- --host browser`);
    process.exit(1);
  }
  console.error(`Berth runs in the browser here: ${found.why}.`);
  return null;
}

const program = await chooseElectron();
if (program) {
  const child = spawn(program, [root, ...argv], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)));
} else {
  await browserHost.run(argv);
}
