/** Pure: what came up between a look and the end that follows from it. What was told of and let go is no news. */
import type { FoundFile } from './look-policy.ts';

export interface Baseline {
  /** Paths that a person was told of, kept or not. */
  readonly told: ReadonlySet<string>;
  /** Files that were kept, as they were then. */
  readonly kept: ReadonlyMap<string, Pick<FoundFile, 'bytes' | 'mtime'>>;
}

/** A path as a key: every byte stays one character. */
export const keyOf = (path: Buffer): string => path.toString('latin1');

/** Times of change come as text with nine digits; what is nearer than this is the same. */
const sameSeconds = 0.001;

/** Files and links that nobody was told of, and kept files that changed since. */
export function newsOf(found: readonly FoundFile[], { told, kept }: Baseline): FoundFile[] {
  return found.filter((file) => {
    const key = keyOf(file.path);
    const before = kept.get(key);
    if (before === undefined) return !told.has(key);
    return file.kind === 'file' && (file.bytes !== before.bytes || Math.abs(file.mtime - before.mtime) > sameSeconds);
  });
}
