/**
 * One file into a virtual folder (API reference, section 7.3): tus without a creation request. Proxies before 26.2 append
 * whatever arrives, wherever it belongs, so the rules are: one piece at a time, and after anything that went wrong ask for
 * the offset before sending again.
 */
import { BerthError } from '../../base/berth-error.ts';
import type { TransferOptions, UploadSource } from '../api/storage-api.ts';
import type { HttpAnswer } from '../http.ts';
import { cancelledError } from '../network-errors.ts';
import { PieceReader } from './piece-reader.ts';
import {
  backOff,
  headTimeoutMs,
  maxTries,
  passes,
  pieceTimeoutMs,
  refusalOf,
  type StorageTools,
} from './storage-session.ts';

const smallestPiece = 1024 * 1024;
/** What the official client sends at most. */
const largestPiece = 16 * 1024 * 1024;
/** Pieces grow and shrink towards this much time each: progress is seen, and a break costs little. */
const pieceMs = 2_000;

export interface Upload {
  readonly url: URL;
  readonly source: UploadSource;
  readonly tools: StorageTools;
  readonly options: TransferOptions;
  /** Size of what stands at the target now; null when nothing does. Asked when nobody knows whether the last piece arrived. */
  readonly sizeOnSite: () => Promise<number | null>;
}

/** Throws BerthError; `not-found` with `what: upload` when the site dropped the unfinished upload. */
export async function upload(task: Upload): Promise<void> {
  const { source, tools, options } = task;
  const reader = new PieceReader(source);
  let offset = 0;
  let tries = 0;
  let size = smallestPiece;
  try {
    for (;;) {
      if (options.signal?.aborted) throw cancelledError();
      const piece = await reader.piece(offset, size);
      const began = tools.clock.now();
      const next = await attempt(task, offset, piece);
      if (next !== 'ask') {
        size = nextSize(piece.byteLength, tools.clock.now() - began);
        tries = 0;
        offset = next;
        options.onProgress?.(offset);
        if (offset >= source.bytes) return;
        continue;
      }
      tries += 1;
      const known = await askedOffset(task, tries);
      if (known === 'gone') {
        // Finished uploads are forgotten: the file itself tells whether this one was.
        const last = offset + piece.byteLength >= source.bytes;
        if (last && (await task.sizeOnSite()) === source.bytes) return;
        throw new BerthError('not-found', { place: 'site', retry: 'user', params: { what: 'upload' } });
      }
      if (known > offset) tries = 0;
      offset = known;
      options.onProgress?.(offset);
      if (offset >= source.bytes && source.bytes > 0) return;
    }
  } finally {
    await reader.close();
  }
}

/** The offset after the piece, or `ask` when nobody knows it. */
async function attempt(task: Upload, offset: number, piece: Buffer): Promise<number | 'ask'> {
  const { url, source, tools, options } = task;
  let answer: HttpAnswer;
  try {
    answer = await tools.http.send({
      method: 'PATCH',
      url,
      headers: {
        'tus-resumable': '1.0.0',
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: piece,
      timeoutMs: pieceTimeoutMs,
      maxBytes: 1024 * 1024,
      // Sent once: a second copy would be appended by older proxies.
      idempotent: false,
      signal: options.signal,
    });
  } catch (error) {
    if (passes(error) || isTimeout(error)) return 'ask';
    throw error;
  }
  if (answer.status === 409) return 'ask';
  if (answer.status >= 200 && answer.status < 300) {
    const told = offsetOf(answer);
    if (told === null) return offset + piece.byteLength;
    return told === offset + piece.byteLength || told >= source.bytes ? told : 'ask';
  }
  const refusal = refusalOf(answer);
  if (refusal.retry === 'auto' || answer.status >= 500) return 'ask';
  throw refusal;
}

/** Asks until two answers in a row agree: a piece that was cut off may still be on its way to the disk. */
async function askedOffset(task: Upload, tries: number): Promise<number | 'gone'> {
  const { source, tools, options } = task;
  let before: number | null = null;
  for (let asked = tries; ; asked++) {
    await backOff(tools, asked, options.signal);
    const answer = await head(task).catch((error: unknown) => {
      if (!(passes(error) || isTimeout(error)) || asked >= maxTries) throw error;
      return null;
    });
    if (answer === null) continue;
    if (answer.status === 404 || answer.status === 410) return 'gone';
    if (answer.status < 200 || answer.status >= 300) {
      const refusal = refusalOf(answer);
      if (asked >= maxTries || (refusal.retry !== 'auto' && answer.status < 500)) throw refusal;
      continue;
    }
    const offset = offsetOf(answer);
    if (offset === null || offset > source.bytes) {
      throw new BerthError('bad-answer', { place: 'site', params: { path: 'upload', reason: 'offset' } });
    }
    if (offset === before) return offset;
    if (asked >= maxTries)
      throw new BerthError('timeout', { place: 'site', retry: 'user', params: { what: 'upload' } });
    before = offset;
  }
}

function head({ url, tools, options }: Upload): Promise<HttpAnswer> {
  return tools.http.send({
    method: 'HEAD',
    url,
    headers: { 'tus-resumable': '1.0.0' },
    timeoutMs: headTimeoutMs,
    maxBytes: 1024 * 1024,
    idempotent: true,
    signal: options.signal,
  });
}

function offsetOf(answer: HttpAnswer): number | null {
  const text = answer.headers['upload-offset'];
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : null;
}

function isTimeout(error: unknown): boolean {
  return error instanceof BerthError && error.code === 'timeout';
}

function nextSize(sent: number, tookMs: number): number {
  const fitting = tookMs <= 0 ? sent * 2 : (sent / tookMs) * pieceMs;
  return Math.round(Math.min(largestPiece, Math.max(smallestPiece, Math.min(sent * 2, fitting))));
}
