/** Finds programs on this machine. Everything that looks goes through one object, so that a test can hide a program. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cleanPath } from '../kernel-env.ts';

export interface Lookup {
  /** Folders to search, as PATH. */
  readonly path: string;
  /** Whether a missing Jupyter may be had as a package of the system. */
  readonly canInstallPackages: boolean;
}

export async function systemLookup(): Promise<Lookup> {
  const debian = await readFile('/etc/debian_version', 'utf8').then(
    () => true,
    () => false,
  );
  return { path: cleanPath(process.env.PATH), canInstallPackages: debian && process.getuid?.() === 0 };
}

/** @returns the program's path, or null. */
export async function findProgram(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name);
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder && found) return candidate;
  }
  return null;
}

/** Answers are kept: asking Python programs for their version takes half a second each. */
const versions = new Map<string, Promise<string | null>>();

/** What `program --version` says, its first version number only; null when it does not run. */
export function versionOf(file: string, path: string, args: readonly string[] = ['--version']): Promise<string | null> {
  const key = [file, ...args].join('\0');
  const known = versions.get(key);
  if (known) return known;
  const asked = promisify(execFile)(file, [...args], {
    env: { PATH: path, LANG: 'C.UTF-8', HOME: '/nonexistent' },
    timeout: 20_000,
  }).then(
    ({ stdout, stderr }) => /\d+(\.\d+)+/.exec(`${stdout}\n${stderr}`)?.[0] ?? null,
    () => null,
  );
  versions.set(key, asked);
  // A program that did not run may be repaired while the sandbox runs.
  void asked.then((version) => version === null && versions.delete(key));
  return asked;
}

/** The interpreter named in a script's first line, e.g. the Python of a Jupyter. */
export async function interpreterOf(script: string): Promise<string | null> {
  const start = await readFile(script, 'latin1').catch(() => '');
  const line = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(start);
  if (!line?.[1]) return null;
  return line[1].endsWith('/env') ? (line[2] ?? null) : line[1];
}
