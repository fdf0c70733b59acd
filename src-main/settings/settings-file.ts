/** Reading settings files that Berth only reads: `--config` and the machine's policy. */
import { readFileSync } from 'node:fs';
import { BerthError } from '../base/berth-error.ts';
import { judgeSettingsText, type PartialSettings } from './settings-layers.ts';

function readText(path: string, what: string, mayBeMissing: boolean): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (mayBeMissing && code === 'ENOENT') return null;
    throw new BerthError('settings-invalid', {
      place: 'computer',
      params: { file: path, place: code },
      detail: `The ${what} ${path} cannot be read (${code}).`,
      cause: error,
    });
  }
}

/**
 * The settings of a file; null when it is missing and may be.
 * @throws BerthError `settings-invalid`, whose detail is one sentence that names file and place
 */
function readLayer(path: string, what: string, mayBeMissing: boolean): PartialSettings | null {
  const text = readText(path, what, mayBeMissing);
  if (text === null) return null;
  const judged = judgeSettingsText(text);
  if (judged.ok) return judged.values;
  throw new BerthError('settings-invalid', {
    place: 'computer',
    params: { file: path, place: judged.place },
    detail: `The ${what} ${path} cannot be used at ${judged.place}.`,
  });
}

/** `--config FILE`: the person named it, so it must be there. */
export function readConfigFile(path: string): PartialSettings {
  return readLayer(path, 'config file', false) ?? {};
}

/** The policy that an administrator may have set. A broken one stops the start: it must not be lost silently. */
export function readPolicyFile(path: string): PartialSettings {
  return readLayer(path, 'policy file', true) ?? {};
}
