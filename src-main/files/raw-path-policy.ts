/**
 * Paths in a container are bytes, not text: a name may hold anything but a slash and a zero byte. Pure. They are kept as
 * bytes, compared as bytes, and only shown as text.
 */
import { isUtf8 } from 'node:buffer';

const slash = 0x2f;

/** For showing: bytes that are no UTF-8, and control characters, as `\xFF`. */
export function shownPath(path: Buffer): string {
  const text = isUtf8(path) ? path.toString('utf8') : [...path].map((byte) => latin(byte)).join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to make visible
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (it) => hex(it.charCodeAt(0)));
}

function latin(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : hex(byte);
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The path as SFTP takes it, which ssh2 sends as UTF-8; null when it is not UTF-8. */
export function textPath(path: Buffer): string | null {
  return isUtf8(path) ? path.toString('utf8') : null;
}

/** Whether `path` is `folder` or lies below it. Both without a trailing slash. */
export function isBelow(path: Buffer, folder: Buffer): boolean {
  if (folder.length === 1 && folder[0] === slash) return path[0] === slash;
  if (path.length < folder.length || !path.subarray(0, folder.length).equals(folder)) return false;
  return path.length === folder.length || path[folder.length] === slash;
}

/** Parts between slashes; empty ones left out. */
export function partsOf(path: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = 0; at <= path.length; at += 1) {
    if (at < path.length && path[at] !== slash) continue;
    if (at > from) parts.push(path.subarray(from, at));
    from = at + 1;
  }
  return parts;
}

/** Where a link leads by its words alone: relative to its own folder, `.` and `..` worked in. */
export function linkTarget(link: Buffer, target: Buffer): Buffer {
  const start = target[0] === slash ? [] : partsOf(link).slice(0, -1);
  const stack = [...start];
  for (const part of partsOf(target)) {
    const text = part.toString('latin1');
    if (text === '.') continue;
    if (text === '..') stack.pop();
    else stack.push(part);
  }
  return Buffer.concat(stack.flatMap((part) => [Buffer.from('/'), part]));
}

/** Tree order: a folder's content directly behind it, names by their bytes. */
export function compareRaw(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const one = a[at] ?? 0;
    const other = b[at] ?? 0;
    if (one === other) continue;
    if (one === slash) return -1;
    if (other === slash) return 1;
    return one - other;
  }
  return a.length - b.length;
}

/** What is left of a path below `folder`. */
export function relativeTo(folder: Buffer, path: Buffer): Buffer {
  return path.subarray(folder.length + 1);
}
