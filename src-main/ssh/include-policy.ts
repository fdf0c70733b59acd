/**
 * The one line that Berth puts into the person's own SSH configuration, and taking it out again. Works on bytes: whatever
 * else is in the file (odd encodings, CRLF, no last line end) stays as it is. Pure.
 */

/** Signs that OpenSSH reads as more than themselves in a file name: quotes, patterns, `%h`, `${HOME}`, control codes. */
const oddSigns = /[\p{Cc}"'%$*?[\]{}\\]/u;

/** As OpenSSH on Windows takes it, too. */
function plainPath(path: string, isWindows: boolean): string {
  return isWindows ? path.replaceAll('\\', '/') : path;
}

/** Whether the path may stand in a configuration; OpenSSH's releases differ in how they read the rest. */
export function isPlainPath(path: string, isWindows: boolean): boolean {
  // SECURITY: no path can end its line or its quotes ('a path cannot leave its line' in include-policy.test.ts).
  return !oddSigns.test(plainPath(path, isWindows));
}

/** A path as one argument. @throws Error for one that `isPlainPath` refuses */
export function pathArgument(path: string, isWindows: boolean): string {
  if (!isPlainPath(path, isWindows)) throw new Error('This path cannot stand in an SSH configuration');
  return `"${plainPath(path, isWindows)}"`;
}

/** @param file Berth's own part of the configuration: absolute */
export function includeLine(file: string, isWindows: boolean): string {
  return `Include ${pathArgument(file, isWindows)}`;
}

/** One character a byte, so that nothing is decoded. */
const textOf = (bytes: Buffer): string => bytes.toString('latin1');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const lineAsBytes = (line: string): string => textOf(Buffer.from(line, 'utf8'));

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Whether OpenSSH reads the line for every host: it stands above the first `Host` and `Match`. */
export function isIncluded(config: Buffer, line: string): boolean {
  const wanted = lineAsBytes(line);
  for (const text of linesOf(textOf(config))) {
    const trimmed = text.trim();
    if (trimmed === wanted) return true;
    if (/^(host|match)[\s="]/i.test(trimmed)) return false;
  }
  return false;
}

/** The configuration with the line at its top; the same object where it is in force already. */
export function withInclude(config: Buffer, line: string): Buffer {
  if (isIncluded(config, line)) return config;
  const end = /\r?\n/.exec(textOf(config))?.[0] ?? '\n';
  return Buffer.concat([bytesOf(`${lineAsBytes(line)}${end}`), config]);
}

/** The configuration without the line, wherever it came to stand; the same object where there is none. */
export function withoutInclude(config: Buffer, line: string): Buffer {
  const wanted = lineAsBytes(line);
  const lines = linesOf(textOf(config));
  const kept = lines.filter((text) => text.trim() !== wanted);
  return kept.length === lines.length ? config : bytesOf(kept.join(''));
}
