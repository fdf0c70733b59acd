/**
 * Which environment variables look like secrets: masked on screen by windows, and left out by the main process of whatever
 * is kept or written. One rule for both sides, so that what is masked is also what is left out. Pure.
 */
import type { EnvVariable } from './launch-spec.ts';

/** Parts of names that people give to what others must not see. */
const secretParts =
  /(^|_)(api_?key|key|secret|secrets|token|pass|passwd|password|passphrase|pwd|credential|credentials|auth|private|pat|sas|dsn|cookie|salt|signature|conn(ection)?_?str(ing)?)(_|\d|$)/i;
/** Values that name themselves: keys of well-known services, URLs with a password, private keys, JSON web tokens. */
const secretValues =
  /^(gh[pousr]_|github_pat_|sk-|xox[abprs]-|hf_|glpat-|AKIA|ASIA|eyJ[\w-]+\.)|-----BEGIN [A-Z ]*PRIVATE KEY|^[a-z][\w+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/;

/** True when a row is masked on screen and left out of whatever is kept or written (parity reference, P-LAUNCH-03). */
export function looksSecret({ name, value }: EnvVariable): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return secretParts.test(words) || /(token|secret|passw(or)?d|apikey)/i.test(name) || secretValues.test(value.trim());
}

/** What a masked row becomes when the rest is kept: the name stays, so that one sees what is to be typed again. */
export function withoutSecretValues(rows: readonly EnvVariable[]): EnvVariable[] {
  return rows.map((row) => (looksSecret(row) ? { name: row.name, value: '' } : row));
}
