/** The command line of design section 6, read the same way by both hosts and by the start script. */

export interface Flags {
  readonly host: 'auto' | 'electron' | 'browser';
  /** Browser host: print the address instead of opening it. */
  readonly noOpen: boolean;
  /** 0 means a free port. */
  readonly port: number;
  /** Null: the platform's own place. */
  readonly dataDir: string | null;
  readonly configFile: string | null;
  readonly secrets: 'os' | 'memory';
  readonly sandbox: boolean;
  /** `launch FILE`: a launch file's path or a `berth://` link, to be shown as a form. */
  readonly launch: string | null;
}

export type FlagsResult =
  | { readonly ok: true; readonly flags: Flags }
  | { readonly ok: false; readonly message: string };

const withValue = ['--host', '--port', '--data-dir', '--config', '--secrets'] as const;
const withoutValue = ['--no-open', '--sandbox'] as const;
const hosts = ['auto', 'electron', 'browser'] as const;
const secretPlaces = ['os', 'memory'] as const;

function isOneOf<T extends string>(list: readonly T[], text: string): text is T {
  return list.some((item) => item === text);
}

function wrong(message: string): { ok: false; message: string } {
  return { ok: false, message };
}

/** Collects `--name value` and `--name=value`; a flag given twice is as wrong as an unknown one. */
function collect(argv: readonly string[]): Map<string, string> | { ok: false; message: string } {
  const given = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
    const name = equals < 0 ? argument : argument.slice(0, equals);
    if (given.has(name)) return wrong(`The flag ${name} is given twice.`);
    if (isOneOf(withoutValue, name)) {
      if (equals >= 0) return wrong(`The flag ${name} takes no value.`);
      given.set(name, '');
    } else if (isOneOf(withValue, name)) {
      const value = equals >= 0 ? argument.slice(equals + 1) : argv[index + 1];
      if (value === undefined || value === '' || (equals < 0 && value.startsWith('--')))
        return wrong(`The flag ${name} needs a value.`);
      if (equals < 0) index += 1;
      given.set(name, value);
    } else {
      const known = [...withValue, ...withoutValue].join(', ');
      return wrong(`Berth does not know ${JSON.stringify(argument)}; its command is launch, its flags are ${known}.`);
    }
  }
  return given;
}

/** `message` is one sentence for stderr, to be followed by exit code 2. */
export function parseFlags(argv: readonly string[]): FlagsResult {
  const [first, second] = argv;
  if (first === 'launch' && (second === undefined || second.startsWith('-'))) {
    return wrong('The command launch needs a file or a berth:// link.');
  }
  // SECURITY: the system hands a link over alone; one that brings flags along is somebody's trick (flags.test.ts).
  const isLink = argv.length === 1 && first !== undefined && first.startsWith('berth:');
  const launch = isLink ? first : first === 'launch' ? (second ?? null) : null;
  const given = collect(isLink ? [] : first === 'launch' ? argv.slice(2) : argv);
  if (!(given instanceof Map)) return given;
  const host = given.get('--host') ?? 'auto';
  if (!isOneOf(hosts, host)) return wrong(`--host is one of ${hosts.join(', ')}, not ${JSON.stringify(host)}.`);
  const secrets = given.get('--secrets') ?? 'os';
  if (!isOneOf(secretPlaces, secrets))
    return wrong(`--secrets is one of ${secretPlaces.join(', ')}, not ${JSON.stringify(secrets)}.`);
  const port = given.get('--port') ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return wrong(`--port is a number from 0 to 65535, not ${JSON.stringify(port)}.`);
  return {
    ok: true,
    flags: {
      host,
      secrets,
      port: Number(port),
      noOpen: given.has('--no-open'),
      sandbox: given.has('--sandbox'),
      dataDir: given.get('--data-dir') ?? null,
      configFile: given.get('--config') ?? null,
      launch,
    },
  };
}

/** For the start scripts: the flags, or one sentence on stderr and exit code 2. */
export function parseFlagsOrExit(argv: readonly string[]): Flags {
  const result = parseFlags(argv);
  if (result.ok) return result.flags;
  process.stderr.write(`${result.message}\n`);
  return process.exit(2);
}
