/**
 * Content out of a virtual folder (API reference, section 7.4). A file is resumed with Range and If-Range, under a fresh
 * token each time, so that neither a break nor a long pause costs what has arrived; an archive has no length and no resume.
 */
import type { IncomingMessage } from 'node:http';
import { BerthError } from '../../base/berth-error.ts';
import type { FolderDownload } from '../api/storage-api.ts';
import { readBounded } from '../http.ts';
import { cancelledError, fromNetworkError } from '../network-errors.ts';
import { backOff, headTimeoutMs, maxTries, passes, refusalOf, type StorageTools } from './storage-session.ts';

/** A stream that says nothing for so long is broken. */
const silenceMs = 60_000;

export interface Download {
  /** A fresh address; its token lives about a day. */
  readonly address: (signal: AbortSignal) => Promise<URL>;
  readonly archive: boolean;
  /** Where to begin. */
  readonly offset: number;
  readonly tools: StorageTools;
  readonly signal?: AbortSignal | undefined;
}

interface Opened {
  readonly response: IncomingMessage;
  /** Of the whole file; null where nobody knows. */
  readonly bytes: number | null;
  readonly lastModified: string | null;
}

/** Resolves when the site has answered. Throws BerthError `not-found`, and what else the site refuses. */
export async function download(task: Download): Promise<FolderDownload> {
  const abort = new AbortController();
  const onAbort = () => abort.abort();
  if (task.signal?.aborted) throw cancelledError();
  task.signal?.addEventListener('abort', onAbort, { once: true });
  const dispose = () => {
    task.signal?.removeEventListener('abort', onAbort);
    abort.abort();
  };
  try {
    const first = await open(task, task.offset, null, abort.signal);
    const modifiedMs = Date.parse(first.lastModified ?? '');
    return {
      bytes: first.bytes,
      modifiedAt: Number.isNaN(modifiedMs) ? null : new Date(modifiedMs).toISOString(),
      content: content(task, first, abort.signal, dispose),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function* content(
  task: Download,
  first: Opened,
  signal: AbortSignal,
  dispose: () => void,
): AsyncGenerator<Buffer, void, undefined> {
  const { bytes, lastModified } = first;
  let opened: Opened | null = first;
  let offset = task.offset;
  let tries = 0;
  try {
    for (;;) {
      let trouble: unknown = null;
      try {
        opened ??= await open(task, offset, lastModified, signal);
        if (opened.bytes !== bytes) throw changed();
        opened.response.setTimeout(silenceMs, () => opened?.response.destroy());
        for await (const chunk of opened.response) {
          if (!Buffer.isBuffer(chunk)) continue;
          offset += chunk.byteLength;
          tries = 0;
          yield chunk;
        }
        if (bytes === null ? opened.response.complete : offset >= bytes) return;
      } catch (error) {
        trouble = error;
      }
      opened = null;
      if (signal.aborted) throw cancelledError();
      const error =
        trouble === null
          ? new BerthError('offline', { place: 'site', retry: 'auto', params: { reason: 'stream-ended' } })
          : fromNetworkError(trouble, 'storage');
      // Half an archive cannot be gone on with: another one need not have the same bytes.
      if (bytes === null || !passes(error) || tries >= maxTries) throw error;
      await backOff(task.tools, tries, signal);
      tries += 1;
    }
  } finally {
    dispose();
  }
}

async function open(task: Download, offset: number, lastModified: string | null, signal: AbortSignal): Promise<Opened> {
  const url = await task.address(signal);
  if (task.archive) url.searchParams.set('archive', 'true');
  const resume: Record<string, string> =
    offset === 0 ? {} : { range: `bytes=${offset}-`, ...(lastModified === null ? {} : { 'if-range': lastModified }) };
  const response = await task.tools.http.open({
    method: 'GET',
    url,
    headers: { accept: '*/*', ...resume },
    timeoutMs: headTimeoutMs,
    maxBytes: 1024 * 1024,
    idempotent: true,
    signal,
  });
  const status = response.statusCode ?? 0;
  if (status !== 200 && status !== 206) {
    throw refusalOf({ status, body: await readBounded(response, 1024 * 1024) });
  }
  if (offset > 0 && !startsAt(response, offset)) {
    // The whole file again: it was changed meanwhile, or this proxy cannot resume.
    response.destroy();
    throw changed();
  }
  const length = response.headers['content-length'];
  const rest = length !== undefined && /^\d+$/.test(length) ? Number(length) : null;
  const modified = response.headers['last-modified'];
  return { response, bytes: rest === null ? null : rest + offset, lastModified: modified ?? null };
}

function startsAt(response: IncomingMessage, offset: number): boolean {
  const range = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '');
  return response.statusCode === 206 && range !== null && Number(range[1]) === offset;
}

function changed(): BerthError {
  return new BerthError('bad-answer', {
    place: 'site',
    retry: 'user',
    params: { path: 'download', reason: 'changed' },
  });
}
