/** Names under which sessions stand in an SSH configuration: safe, unique, and never one that the person uses already. Pure. */

/** Longest label of a host name. */
const maxLength = 63;
/** Would take the computer itself away from its person. */
const reserved: ReadonlySet<string> = new Set(['localhost', 'berth']);

/**
 * What stays of a session's name. Without dots, so that no domain name (`github.com`) is ever taken over.
 */
export function plainHost(sessionName: string): string {
  return (
    sessionName
      // SECURITY: nothing stays that the configuration could read as more than a name ('names cannot inject' in
      // host-names-policy.test.ts).
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[-_]+|-+$/g, '')
      .slice(0, maxLength) || 'session'
  );
}

/** Whether a pattern of a `Host` line matches, whatever the case. */
export function matchesHost(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(name);
}

/** Patterns of all `Host` lines that mean certain hosts: not `*`, no exceptions. */
export function hostPatterns(config: string): string[] {
  return config
    .split(/\r?\n/)
    .flatMap((line) => /^\s*host(?:\s*=\s*|\s+)(.*)$/i.exec(line)?.[1] ?? [])
    .flatMap((patterns) => patterns.match(/"[^"]*"|[^\s"]+/g) ?? [])
    .map((pattern) => pattern.replaceAll('"', ''))
    .filter((pattern) => pattern !== '' && !/^[*?]*$/.test(pattern) && !pattern.startsWith('!'));
}

/** Arguments of all `Include` lines. */
export function includesOf(config: string): string[] {
  return config
    .split(/\r?\n/)
    .flatMap((line) => /^\s*include(?:\s*=\s*|\s+)(.*)$/i.exec(line)?.[1] ?? [])
    .flatMap((paths) => paths.match(/"[^"]*"|[^\s"]+/g) ?? [])
    .map((path) => path.replaceAll('"', ''));
}

/**
 * The name for a session; with a number behind it where others have it.
 * @param taken names of other sessions
 * @param patterns of the person's own configuration
 */
export function sshName(sessionName: string, taken: readonly string[], patterns: readonly string[]): string {
  const plain = plainHost(sessionName);
  const used = new Set(taken.map((name) => name.toLowerCase()));
  const isFree = (name: string): boolean =>
    !used.has(name.toLowerCase()) &&
    !reserved.has(name.toLowerCase()) &&
    !patterns.some((pattern) => matchesHost(pattern, name));
  for (let number = 1; number < 1_000; number += 1) {
    const name = number === 1 ? plain : `${plain.slice(0, maxLength - 5)}-${number}`;
    if (isFree(name)) return name;
  }
  // A pattern of the person's such as `notes*` takes every number.
  for (let number = 1; ; number += 1) {
    const name = `berth-${plain.slice(0, maxLength - 12)}-${number}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}
