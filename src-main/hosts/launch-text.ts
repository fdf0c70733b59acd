/** What `launch FILE` names: the text of a launch file, or a `berth://` link as it is. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import { StartProblem } from './start-problem.ts';

/** 64 KiB of commands and scripts, and everything around them. */
export const maxLaunchBytes = 512 * 1024;

/**
 * @param from the folder that a relative path starts from
 * @throws StartProblem with one sentence and exit code 2
 */
export function readLaunchText(target: string, from: string): string {
  if (target.startsWith('berth:')) return target;
  const path = resolve(from, target);
  try {
    if (statSync(path).size > maxLaunchBytes) throw new StartProblem(`${path} is too large for a launch file.`, 2);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new StartProblem(`The launch file ${path} cannot be read (${code}).`, 2, error);
  }
}

/** The sentence for a text that is neither a launch nor a link to a session; null for any other trouble. */
export function launchProblem(target: string, error: unknown): string | null {
  if (!(error instanceof BerthError)) return null;
  if (error.code === 'link-invalid')
    return 'This link is not one that Berth opens; a link to a session is berth://session?site=, the site’s address, &id= and the session’s ID.';
  return error.code === 'recipe-invalid' ? recipeProblem(target, error.params) : null;
}

function recipeProblem(target: string, params: Readonly<Record<string, string | number>>): string {
  const name = target.startsWith('berth:') ? 'This link' : target;
  const where = String(params.where ?? '');
  switch (params.reason) {
    case 'not-json': {
      const [line, column] = where.split(':');
      return `${name} is not valid JSON at line ${line}, column ${column}.`;
    }
    case 'unknown-key':
      return `${name} has a key that Berth does not know: ${where}.`;
    case 'wrong-value':
      return `${name} has a value that does not fit at ${where}.`;
    case 'not-a-link':
      return 'This link is not one that Berth opens; links that it opens begin with berth://launch?recipe= or berth://session?.';
    default:
      return `${name} is no launch file of Berth: it needs "berthRecipe": 1 and "launch".`;
  }
}
