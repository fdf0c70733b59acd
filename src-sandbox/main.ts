/**
 * Runs the sandbox as a program: one JSON line on stdout when it is ready, its log on stderr, a clean end on a signal.
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type CliOptions, HelpWanted, helpText, readArguments, UsageError } from './cli.ts';
import { createKernelRuntime } from './runtime/runtime.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

/** Design, section 6: gone within two seconds of the signal, whatever hangs. */
const exitMs = 1800;

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

async function start(options: CliOptions): Promise<Sandbox> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const runtime = await createKernelRuntime({ dataDir, sshd: options.sshd, forwarding: options.forwarding, log });
  try {
    return await startSandbox({ ...options, dataDir, runtime, log });
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

/** Never returns normally while the sandbox runs: the process ends by a signal, or by its stdin when asked to. */
export async function main(argv: readonly string[]): Promise<void> {
  let options: CliOptions;
  try {
    options = readArguments(argv);
  } catch (error) {
    if (error instanceof HelpWanted) {
      process.stdout.write(helpText);
      process.exit(0);
    }
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }

  let sandbox: Sandbox | null = null;
  let leaving = false;
  const leave = (): void => {
    if (leaving) return;
    leaving = true;
    setTimeout(() => process.exit(0), exitMs);
    // A signal during start-up finds nothing to close yet; `start` below sees `leaving` then.
    if (sandbox === null) return;
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`closing failed: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(0);
      },
    );
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  if (options.exitWithStdin) {
    process.stdin.once('end', leave);
    process.stdin.once('close', leave);
    process.stdin.on('error', leave);
    process.stdin.resume();
  }

  try {
    sandbox = await start(options);
  } catch (error) {
    process.stderr.write(`The sandbox could not start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  if (leaving) {
    await sandbox.close();
    process.exit(0);
  }
  process.stdout.write(`${JSON.stringify(sandbox.info)}\n`);
}
