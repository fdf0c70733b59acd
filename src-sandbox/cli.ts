/**
 * The sandbox's command line.
 */
import { parseArgs } from 'node:util';
import type { FaceName } from './face.ts';

export type SshServer = 'builtin' | 'openssh' | 'dropbear';

export interface CliOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly manager: FaceName;
  readonly sshd: SshServer;
  readonly madeUp: number;
  readonly paceMs: number;
  readonly exitWithStdin: boolean;
}

/** A command line that cannot be obeyed; its message is the one sentence for stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const flags = {
  port: { type: 'string', default: '0' },
  'data-dir': { type: 'string' },
  manager: { type: 'string', default: 'current' },
  sshd: { type: 'string', default: 'builtin' },
  'made-up': { type: 'string', default: '0' },
  pace: { type: 'string', default: '250' },
  'exit-with-stdin': { type: 'boolean', default: false },
  webserver: { type: 'boolean', default: false },
  faults: { type: 'string' },
} as const;

const sshServers = ['builtin', 'openssh', 'dropbear'] as const;
const faces = ['legacy', 'current'] as const;

/** Enough for any measurement, few enough to stay in memory. */
const maxMadeUp = 200_000;

function readNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from 0 to ${most}, not "${text}".`);
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

/** Throws {@link UsageError}. */
export function readArguments(argv: readonly string[]): CliOptions {
  const values = parse(argv);
  if (values.webserver) throw new UsageError('This build has no --webserver: sign in with the access key.');
  if (values.faults !== undefined) throw new UsageError('This build has no --faults.');
  const dataDir = values['data-dir'];
  if (dataDir === undefined || dataDir === '')
    throw new UsageError('--data-dir DIR is needed: everything is kept there.');
  return {
    port: readNumber('port', values.port, 65_535),
    dataDir,
    manager: readChoice('manager', values.manager, faces),
    sshd: readChoice('sshd', values.sshd, sshServers),
    madeUp: readNumber('made-up', values['made-up'], maxMadeUp),
    paceMs: readNumber('pace', values.pace, 60_000),
    exitWithStdin: values['exit-with-stdin'],
  };
}
