/** `doctor --endpoint URL [--json] [--keys-from-stdin]`: the command line of the doctor. */

export interface DoctorFlags {
  readonly endpoint: string;
  readonly json: boolean;
  /** Reads `{"accessKey","secretKey"}` from stdin; without it, from `BERTH_ACCESS_KEY` and `BERTH_SECRET_KEY`. */
  readonly keysFromStdin: boolean;
}

const usage = 'Use: doctor --endpoint URL [--json] [--keys-from-stdin].';

/** `message` is one sentence for stderr, to be followed by exit code 2. SECURITY: no flag takes a secret. */
export function parseDoctorFlags(
  argv: readonly string[],
): { readonly ok: true; readonly flags: DoctorFlags } | { readonly ok: false; readonly message: string } {
  let endpoint: string | null = null;
  const given = new Set<string>();
  for (let index = 0; index < argv.length; index++) {
    const [name = '', inline] = (argv[index] ?? '').split(/=(.*)/s, 2);
    if (given.has(name)) return { ok: false, message: `The flag ${name} is given twice. ${usage}` };
    given.add(name);
    if (name === '--endpoint') {
      endpoint = inline ?? argv[++index] ?? '';
      if (endpoint === '' || endpoint.startsWith('--'))
        return { ok: false, message: `--endpoint needs a URL. ${usage}` };
    } else if ((name !== '--json' && name !== '--keys-from-stdin') || inline !== undefined) {
      return { ok: false, message: `The doctor does not know ${JSON.stringify(argv[index])}. ${usage}` };
    }
  }
  if (endpoint === null) return { ok: false, message: usage };
  return {
    ok: true,
    flags: { endpoint, json: given.has('--json'), keysFromStdin: given.has('--keys-from-stdin') },
  };
}
