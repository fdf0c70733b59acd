/** The browser host as a process: flags in, `berth ready` out, signals and defects handled, a clean end. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BerthError } from '../../base/berth-error.ts';
import { createLog } from '../../log/log.ts';
import { createSecretStore } from '../../secrets/secret-store.ts';
import { berthVersion } from '../build-facts.ts';
import { defaultDataDir, policyFile } from '../data-dir.ts';
import { parseFlagsOrExit } from '../flags.ts';
import { Shutdown } from '../shutdown.ts';
import { sshProxyCommand } from '../ssh-proxy-command.ts';
import { StartProblem } from '../start-problem.ts';
import { systemEnvironment } from './browsers.ts';
import { type BrowserHostParts, startBrowserHost } from './start-browser-host.ts';

/** Whatever hangs, the process is gone by then (design, section 6: 2 s). */
const hardStopMs = 1_950;

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

export interface ProgramParts {
  /** Where the built programs are; pages are beside it in `renderer`. */
  readonly mainDir: string;
  /** Loaded after the flags were found right: it is most of the program. */
  readonly loadApp: () => Promise<{ createApp: BrowserHostParts['createApp'] }>;
}

/** Runs until a signal ends it. Wrong flags: one sentence on stderr and exit code 2. */
export async function runProgram(argv: readonly string[], parts: ProgramParts): Promise<void> {
  const flags = parseFlagsOrExit(argv);
  const machine = { platform: process.platform, env: process.env, home: homedir() };
  const dataDir = resolve(flags.dataDir ?? defaultDataDir(machine));
  const log = createLog({ file: join(dataDir, 'logs', 'berth.log') });
  const hostLog = log.area('host');
  const shutdown = new Shutdown(hostLog);
  shutdown.add('log', 50, () => log.close());

  const stop = (exitCode: number): void => {
    // More signals change nothing: `conf` brings a handler that repeats each one at once, a terminal's Ctrl-C reaches npm
    // and this process, and the end has its limit anyway.
    if (shutdown.hasBegun) return;
    setTimeout(() => process.exit(exitCode), hardStopMs);
    void shutdown.run().then(() => process.exit(exitCode));
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  if (process.platform !== 'win32') process.on('SIGHUP', () => stop(0));
  // Whoever read the one line may have closed the pipe; Berth runs on.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', (error) => hostLog.error('A defect: nobody waited for this failure', { error }));
  process.on('uncaughtException', (error) => {
    hostLog.error('A defect that cannot be contained; Berth ends', { error });
    tell(`Berth met a defect and ends (${log.clean(error.message)}); ${log.file} tells more.`);
    stop(1);
  });

  const { mainDir } = parts;
  const secrets = createSecretStore({ kind: flags.secrets, service: 'Berth', log });
  try {
    const checked = secrets.check();
    const { createApp } = await parts.loadApp();
    const instance = await startBrowserHost({
      flags,
      dataDir,
      policyFile: policyFile(machine),
      rendererDir: join(mainDir, '..', 'renderer'),
      sandbox: {
        command: process.execPath,
        args: [join(mainDir, 'sandbox.js'), '--port', '0', '--data-dir', join(dataDir, 'sandbox'), '--exit-with-stdin'],
      },
      proxyCommand: (ref) => sshProxyCommand(process.execPath, join(mainDir, 'ssh-proxy.js'), dataDir, ref),
      version: berthVersion,
      log,
      secrets,
      secretsChecked: checked,
      shutdown,
      environment: systemEnvironment(),
      isRoot: process.getuid?.() === 0,
      createApp,
      printReady: (url) => {
        process.stdout.write(`berth ready ${url}\n`);
      },
      tell,
    });
    if (instance === 'second') stop(0);
  } catch (error) {
    if (shutdown.hasBegun) return;
    if (error instanceof StartProblem) {
      tell(error.message);
      stop(error.exitCode);
    } else if (error instanceof BerthError && error.code === 'settings-invalid') {
      tell(error.detail ?? error.message);
      stop(2);
    } else {
      hostLog.error('Berth could not start', { error });
      tell(`Berth could not start: ${log.clean(error instanceof Error ? error.message : String(error))}`);
      stop(1);
    }
  }
}
