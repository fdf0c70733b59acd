/** `npm start -- doctor`: the walk of the doctor on the command line. Opens no window, listens nowhere, writes no file. */
import { doctorText } from '../../src-preload/contract/doctor.ts';
import { type ErrorValue, situationOf } from '../../src-preload/contract/errors.ts';
// The sentences of windows and of this program are the same; the file holds words and nothing else.
import { en } from '../../src-renderer/ui/errors/words.en.ts';
import { createHmacAuthenticator } from '../backend/authenticator.ts';
import { createSiteApi } from '../backend/create-site-api.ts';
import { createDoctorTools } from '../backend/doctor-tools.ts';
import { normaliseEndpoint, type Probed, probe } from '../backend/probe.ts';
import { createRoute, defaultRouteSettings } from '../backend/route.ts';
import { BerthError } from '../base/berth-error.ts';
import { systemClock } from '../base/clock.ts';
import { examine } from '../doctor/doctor.ts';
import { Redactor } from '../log/redact.ts';
import { parseDoctorFlags } from './doctor-flags.ts';

interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function sentences(error: ErrorValue): { what: string; advice: string } {
  const situation = situationOf(error);
  return { what: en[situation], advice: en[`${situation}.do`] };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Null when there are none; throws for text that holds none where some were promised. */
async function readKeys(fromStdin: boolean, environment: NodeJS.ProcessEnv): Promise<Keys | null> {
  if (!fromStdin) {
    const { BERTH_ACCESS_KEY: accessKey, BERTH_SECRET_KEY: secretKey } = environment;
    return accessKey && secretKey ? { accessKey, secretKey } : null;
  }
  const value: unknown = JSON.parse(await readStdin());
  if (typeof value === 'object' && value !== null && 'accessKey' in value && 'secretKey' in value) {
    const { accessKey, secretKey } = value;
    if (typeof accessKey === 'string' && typeof secretKey === 'string') return { accessKey, secretKey };
  }
  throw new SyntaxError('no keys');
}

/** @returns the exit code: 0 everything works, 1 something failed, 2 wrong usage */
export async function runDoctor(argv: readonly string[]): Promise<0 | 1 | 2> {
  const parsed = parseDoctorFlags(argv);
  if (!parsed.ok) {
    tell(parsed.message);
    return 2;
  }
  const { flags } = parsed;
  let endpoint: string;
  try {
    endpoint = normaliseEndpoint(flags.endpoint);
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    tell(`The endpoint is no address that Berth can use (${error.params.reason ?? error.code}).`);
    return 2;
  }
  let keys: Keys | null;
  try {
    keys = await readKeys(flags.keysFromStdin, process.env);
  } catch {
    // Whatever stood there is not repeated: it may be half a secret.
    tell('--keys-from-stdin expects one line of JSON: {"accessKey":"...","secretKey":"..."}.');
    return 2;
  }
  const redactor = new Redactor();
  if (keys !== null) redactor.add(keys.secretKey);
  const route = createRoute(defaultRouteSettings);
  const signIn = signInWith(keys, route);
  const tools = createDoctorTools({
    endpoint,
    route,
    proxyKind: defaultRouteSettings.proxy.kind,
    environment: process.env,
    pinned: null,
    clock: systemClock,
    probe: (signal) => probe(endpoint, { route, signal }),
    signIn,
    whyNoSignIn: 'no keys were given (BERTH_ACCESS_KEY and BERTH_SECRET_KEY, or --keys-from-stdin)',
  });
  try {
    const report = await examine({ tools, clock: systemClock, redact: (text) => redactor.text(text) });
    const told = report.steps.map((step) => (step.error === undefined ? step : { ...step, ...sentences(step.error) }));
    process.stdout.write(
      flags.json ? `${JSON.stringify({ ...report, steps: told })}\n` : `${doctorText(report, sentences)}\n`,
    );
    return report.ok ? 0 : 1;
  } finally {
    tools.dispose();
  }
}

function signInWith(keys: Keys | null, route: ReturnType<typeof createRoute>) {
  if (keys === null) return null;
  return async ({ endpoint, modes, hello, skewMs }: Probed) => {
    if (!modes.includes('api')) return null;
    const authenticator = createHmacAuthenticator(keys.accessKey, keys.secretKey);
    return createSiteApi({ endpoint, authenticator, hello, clock: systemClock, route, offsetMs: skewMs });
  };
}
