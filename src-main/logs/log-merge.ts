/**
 * What a whole log, asked for again, adds to what is kept. Sites have no "since": each answer is everything they still
 * have, and their front moves when a container writes more than its agent keeps (API reference, section 4.6).
 */
import type { FileHandle } from 'node:fs/promises';

const blockBytes = 1024 * 1024;
/** Long enough to be rare in a log, short enough to stand in a small answer. */
const needleBytes = 512;
/** A log that repeats itself has many places that begin alike. */
const maxCandidates = 64;
const newline = 0x0a;

export interface Part {
  readonly file: FileHandle;
  readonly from: number;
  readonly to: number;
}

export interface Addition {
  /** From here on the answer is new. */
  readonly from: number;
  /** Where in the kept text the answer begins now. */
  readonly answerStart: number;
  /** Something between what is kept and this answer is gone. */
  readonly gap: boolean;
}

/**
 * @param kept what the last answer covered, up to the end of what is kept
 * @param answer the new answer, whole
 */
export async function findAddition(kept: Part, answer: Part): Promise<Addition> {
  const keptSize = kept.to - kept.from;
  const answerSize = answer.to - answer.from;
  const common = Math.min(keptSize, answerSize);
  if (await same(kept, answer, common)) {
    // Also when it is shorter: a site that answers less has taken nothing back of what was written.
    return { from: answer.from + common, answerStart: kept.from, gap: false };
  }
  const continued = await findOverlap(kept, answer);
  if (continued !== null) return continued;
  return { from: answer.from, answerStart: kept.to, gap: keptSize > 0 };
}

/** The front has moved: where does the answer begin in what is kept? A first line cut inside a letter is left out. */
async function findOverlap(kept: Part, answer: Part): Promise<Addition | null> {
  const head = await block(answer.file, answer.from, Math.min(answer.to, answer.from + 64 * 1024));
  const firstBreak = head.indexOf(newline);
  if (firstBreak < 0) return null;
  return (await overlapAt(kept, answer, head, 0)) ?? (await overlapAt(kept, answer, head, firstBreak + 1));
}

async function overlapAt(kept: Part, answer: Part, head: Buffer, skip: number): Promise<Addition | null> {
  const needle = head.subarray(skip, skip + needleBytes);
  if (needle.byteLength === 0) return null;
  let candidates = 0;
  for (let at = kept.from; at < kept.to; at += blockBytes) {
    const end = Math.min(kept.to, at + blockBytes + needle.byteLength);
    const text = await block(kept.file, at, end);
    for (let found = find(text, needle, 0, end === kept.to); found >= 0; ) {
      const from = at + found;
      const known = kept.to - from;
      const rest = { file: answer.file, from: answer.from + skip, to: answer.to };
      if (known <= answer.to - rest.from && (await same({ ...kept, from }, rest, known))) {
        return { from: rest.from + known, answerStart: from, gap: false };
      }
      if (++candidates >= maxCandidates) return null;
      found = find(text, needle, found + 1, end === kept.to);
    }
  }
  return null;
}

/** At the very end of what is kept, the beginning of the needle is enough, if that is a line at least. */
function find(text: Buffer, needle: Buffer, from: number, isEnd: boolean): number {
  const whole = text.indexOf(needle, from);
  if (whole >= 0 || !isEnd) return whole;
  const line = needle.indexOf(newline) + 1;
  for (
    let at = Math.max(from, text.byteLength - needle.byteLength + 1);
    at <= text.byteLength - Math.max(1, line);
    at++
  ) {
    if (text.subarray(at).equals(needle.subarray(0, text.byteLength - at))) return at;
  }
  return -1;
}

async function same(one: Part, other: Part, size: number): Promise<boolean> {
  for (let done = 0; done < size; done += blockBytes) {
    const length = Math.min(blockBytes, size - done);
    const [a, b] = await Promise.all([
      block(one.file, one.from + done, one.from + done + length),
      block(other.file, other.from + done, other.from + done + length),
    ]);
    if (!a.equals(b)) return false;
  }
  return true;
}

/**
 * The bytes between two places; shorter only where the file ends.
 * @param into where to read them to, if it is large enough: a pass over a whole log would leave a log's worth of buffers
 */
export async function block(file: FileHandle, from: number, to: number, into?: Buffer): Promise<Buffer> {
  const length = Math.max(0, to - from);
  const buffer =
    into !== undefined && into.byteLength >= length ? into.subarray(0, length) : Buffer.allocUnsafe(length);
  let size = 0;
  while (size < buffer.byteLength) {
    const { bytesRead } = await file.read(buffer, size, buffer.byteLength - size, from + size);
    if (bytesRead === 0) break;
    size += bytesRead;
  }
  return buffer.subarray(0, size);
}
