/** Environment variables: rows, pasted blocks in the `.env` form, what is wrong, and which look like secrets. Pure. */
import type { EnvVariable } from '../../../src-preload/contract/launch-spec.ts';

export type EnvProblem = 'no-name' | 'bad-name' | 'duplicate' | 'no-value';

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** One entry a row: letter or underscore first, no name twice, no value empty (P-LAUNCH-26). Empty rows count for nothing. */
export function envProblems(rows: readonly EnvVariable[]): (EnvProblem | null)[] {
  const counts = new Map<string, number>();
  for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  return rows.map(({ name, value }) => {
    if (name === '') return value === '' ? null : 'no-name';
    if (!namePattern.test(name)) return 'bad-name';
    if ((counts.get(name) ?? 0) > 1) return 'duplicate';
    return value === '' ? 'no-value' : null;
  });
}

export interface PastedEnv {
  readonly rows: EnvVariable[];
  /** Lines that are no assignment, by number from 1. */
  readonly badLines: number[];
}

/** True when a pasted text is a block of assignments rather than a name. */
export function looksLikeEnvBlock(text: string): boolean {
  return text.includes('\n') || /^\s*(export\s+)?[A-Za-z_]\w*\s*=/.test(text);
}

/**
 * Reads a `.env` block: `NAME=value`, `export` before it, `#` comments, single quotes (as they are), double quotes (with
 * `\n`, `\t`, `\"`, `\\`, `\$`), values over several lines inside quotes, a comment after a value. Nothing is expanded.
 */
export function readEnvBlock(text: string): PastedEnv {
  const rows: EnvVariable[] = [];
  const badLines: number[] = [];
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  let at = 0;
  let line = 1;
  while (at < source.length) {
    const endOfLine = source.indexOf('\n', at) === -1 ? source.length : source.indexOf('\n', at);
    const head = source.slice(at, endOfLine);
    const match = /^[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*=[ \t]*/.exec(head);
    const name = match?.[1];
    if (match === null || name === undefined) {
      if (head.trim() !== '' && !head.trimStart().startsWith('#')) badLines.push(line);
      at = endOfLine + 1;
      line += 1;
      continue;
    }
    const start = at + match[0].length;
    const { value, end } = readValue(source, start, endOfLine);
    rows.push({ name, value });
    line += source.slice(at, end).split('\n').length;
    const next = source.indexOf('\n', end);
    at = next === -1 ? source.length : next + 1;
  }
  return { rows, badLines };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function readValue(source: string, start: number, endOfLine: number): { value: string; end: number } {
  const quote = source[start];
  if (quote === "'" || quote === '"' || quote === '`') {
    let value = '';
    for (let at = start + 1; at < source.length; at += 1) {
      const character = source[at] ?? '';
      if (character === quote) return { value, end: at + 1 };
      if (character === '\\' && quote === '"') {
        const next = source[at + 1] ?? '';
        value += escapes[next] ?? (/["\\$`]/.test(next) ? next : `\\${next}`);
        at += 1;
      } else value += character;
    }
    // A quote that never closes belongs to the value of its line.
  }
  const bare = source.slice(start, endOfLine);
  return { value: bare.replace(/(^|\s)#.*$/, '').trim(), end: endOfLine };
}

/** Pasted rows after those that are there; a name that is there already gets the new value. */
export function mergeEnv(rows: readonly EnvVariable[], pasted: readonly EnvVariable[]): EnvVariable[] {
  const merged = new Map<string, EnvVariable>();
  const nameless: EnvVariable[] = [];
  for (const row of [...rows, ...pasted]) {
    if (row.name !== '') merged.set(row.name, row);
    else if (row.value !== '') nameless.push(row);
  }
  return [...merged.values(), ...nameless];
}

/** What the site is sent: rows with a name, and the thread counts where the person set them (P-LAUNCH-27). */
export function environOf(
  rows: readonly EnvVariable[],
  threads: { readonly openmp: string; readonly openblas: string } | null,
): Record<string, string> {
  const environ: Record<string, string> = {};
  if (threads !== null) {
    environ.OMP_NUM_THREADS = threads.openmp.trim();
    environ.OPENBLAS_NUM_THREADS = threads.openblas.trim();
  }
  for (const { name, value } of rows) if (name !== '') environ[name] = value;
  return environ;
}

/** A thread count is a whole number from 1 to 1000. */
export function isThreadCount(text: string): boolean {
  const plain = text.trim();
  return /^\d{1,4}$/.test(plain) && Number(plain) >= 1 && Number(plain) <= 1000;
}
