/**
 * The sandbox's command line.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AppProxyMode } from './app-proxy/app-proxy.ts';
import { profiles } from './auth/profiles.ts';
import type { FaceName } from './face.ts';
import { readFaultScript } from './faults/fault-file.ts';
import { usualPingSeconds } from './rest/event-routes.ts';

export type SshServer = 'builtin' | 'openssh' | 'dropbear' | 'none';

export interface CliOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly manager: FaceName;
  readonly sshd: SshServer;
  readonly madeUp: number;
  readonly paceMs: number;
  readonly exitWithStdin: boolean;
  readonly webserver: boolean;
  /** False: the SSH server refuses to forward ports. */
  readonly forwarding: boolean;
  /** How apps are told apart on an app proxy of version 2; `null`: there is none. */
  readonly appProxy: AppProxyMode | null;
  /** Seconds; 0 for never. */
  readonly idleTimeout: number;
  /** Seconds between two signs of life of an event stream. */
  readonly pingSeconds: number;
  /** Path of a fault script. */
  readonly faults: string | null;
}

/** A command line that cannot be obeyed; its message is the one sentence for stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Not a fault: the person asked what there is. */
export class HelpWanted extends Error {
  override readonly name = 'HelpWanted';
}

export const helpText = `A Backend.AI site on this computer, on 127.0.0.1 only.

npm run sandbox -- --data-dir DIR    where everything is kept
                   --port N          the manager's port; 0 (the default) = any
                   --manager NAME    legacy (24.03.11) or current (25.15.12, the default)
                   --webserver       a webserver in front, for signing in with e-mail and password
                   --faults FILE     spoil requests and tunnels as the script FILE says (JSON, read again when it changes)
                   --sshd NAME       the sessions' SSH server: builtin (the default), openssh, dropbear or none
                   --no-forwarding   that server refuses to forward ports
                   --app-proxy MODE  an app proxy (version 2) for every resource group; each app at a port, or at a subdomain
                                     of apps.localhost
                   --idle-timeout S  reclaim sessions that nobody used for S seconds; 0 (the default) = never
                   --ping S          time between two signs of life of an event stream, from 1 to 15 (the default, a manager's)
                   --made-up N       so many made-up sessions in the list
                   --pace MS         time between two statuses of a starting session; without it BERTH_SANDBOX_PACE, else 250

When it is ready it prints one line of JSON: "endpoint" (the manager), "webserver" (its address, with --webserver), the
main account as "accessKey", "secretKey", "email" and "password", and all accounts as "accounts". Keys and passwords are
made at first start and kept in the data folder. Kinds of accounts:
${profiles.map(({ kind, email, about }) => `  ${kind.padEnd(17)}${email.padEnd(36)}${about}`).join('\n')}
`;

const flags = {
  port: { type: 'string', default: '0' },
  'data-dir': { type: 'string' },
  manager: { type: 'string', default: 'current' },
  sshd: { type: 'string', default: 'builtin' },
  'made-up': { type: 'string', default: '0' },
  pace: { type: 'string' },
  'exit-with-stdin': { type: 'boolean', default: false },
  webserver: { type: 'boolean', default: false },
  'no-forwarding': { type: 'boolean', default: false },
  'app-proxy': { type: 'string' },
  'idle-timeout': { type: 'string', default: '0' },
  ping: { type: 'string', default: String(usualPingSeconds) },
  faults: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const sshServers = ['builtin', 'openssh', 'dropbear', 'none'] as const;
const appProxyModes = ['port', 'subdomain'] as const;
const faces = ['legacy', 'current'] as const;

/** Enough for any measurement, few enough to stay in memory. */
const maxMadeUp = 200_000;

function readNumber(name: string, text: string, most: number, least = 0): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

function readChoice<const T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`--${name} takes ${choices.join(' or ')}, not "${text}".`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node explains at length; its first sentence names the flag.
    throw new UsageError(`${message.split(/\. |\n/)[0]?.replace(/\.$/, '') ?? message}.`);
  }
}

/** The script is read before anything starts, so that a wrong one is a wrong command line. */
function readFaults(file: string | undefined): string | null {
  if (file === undefined) return null;
  try {
    readFaultScript(readFileSync(file, 'utf8'), file);
    return file;
  } catch (error) {
    const words = error instanceof Error ? error.message.replaceAll('\n', ' ').replace(/\.?$/, '.') : String(error);
    throw new UsageError(words);
  }
}

/** Throws {@link UsageError}. */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): CliOptions {
  const values = parse(argv);
  if (values.help) throw new HelpWanted();
  const dataDir = values['data-dir'];
  if (dataDir === undefined || dataDir === '')
    throw new UsageError('--data-dir DIR is needed: everything is kept there.');
  return {
    port: readNumber('port', values.port, 65_535),
    dataDir,
    manager: readChoice('manager', values.manager, faces),
    sshd: readChoice('sshd', values.sshd, sshServers),
    madeUp: readNumber('made-up', values['made-up'], maxMadeUp),
    paceMs: readNumber('pace', values.pace ?? env.BERTH_SANDBOX_PACE ?? '250', 60_000),
    exitWithStdin: values['exit-with-stdin'],
    webserver: values.webserver,
    forwarding: !values['no-forwarding'],
    appProxy: values['app-proxy'] === undefined ? null : readChoice('app-proxy', values['app-proxy'], appProxyModes),
    idleTimeout: readNumber('idle-timeout', values['idle-timeout'], 31_536_000),
    pingSeconds: readNumber('ping', values.ping, usualPingSeconds, 1),
    faults: readFaults(values.faults),
  };
}
