/**
 * The stream of `/events/background-task` (API reference, section 8.2). A task that is over answers at once with its last
 * event, so a broken stream is simply opened again; `server_close` is the end of the stream, not of the task's news.
 */
import { z } from 'zod';
import type { TaskProgress } from '../../src-preload/contract/session-facts.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { pause } from '../base/pause.ts';
import { cancelledError } from './network-errors.ts';
import type { SiteClient } from './site-client.ts';
import { SseParser } from './sse.ts';
import { parseJson } from './wire.ts';

/** The site's own `retry: 5` means seconds in its mind and milliseconds by the standard: wait five seconds at least. */
const reopenMs = 5_000;
const maxReopens = 20;

const TaskData = z.object({
  message: z.string().nullish().catch(null),
  current_progress: z.coerce.number().nullish().catch(null),
  total_progress: z.coerce.number().nullish().catch(null),
});

const states: Readonly<Record<string, TaskProgress['state']>> = {
  bgtask_updated: 'running',
  bgtask_done: 'done',
  // Newer managers: done, but not for every part of it.
  bgtask_partial_success: 'done',
  bgtask_failed: 'failed',
  bgtask_cancelled: 'cancelled',
};

/** Null for what is no news of a task. */
export function readTaskEvent(event: string, data: string): TaskProgress | null {
  const state = states[event];
  if (state === undefined) return null;
  let value: unknown;
  try {
    value = parseJson(data);
  } catch {
    // The event's name says enough.
    value = {};
  }
  const parsed = TaskData.safeParse(value);
  const { message, current_progress, total_progress } = parsed.success ? parsed.data : {};
  const total = total_progress ?? 0;
  const fraction = total > 0 ? Math.min(1, Math.max(0, (current_progress ?? 0) / total)) : null;
  return { state, message: message ?? '', fraction: state === 'done' ? 1 : fraction };
}

export async function followTask(
  client: SiteClient,
  clock: Clock,
  taskId: string,
  onProgress: (progress: TaskProgress) => void,
  signal?: AbortSignal,
): Promise<TaskProgress> {
  for (let opened = 0; ; opened++) {
    let trouble: unknown = null;
    try {
      const last = await readStream(client, taskId, onProgress, signal);
      if (last !== null) return last;
    } catch (error) {
      const passing = error instanceof BerthError && error.retry === 'auto';
      if (signal?.aborted) throw cancelledError();
      if (!passing) throw error;
      trouble = error;
    }
    if (opened >= maxReopens) {
      throw new BerthError('timeout', { place: 'site', retry: 'user', params: { task: taskId }, cause: trouble });
    }
    await pause(clock, reopenMs, signal);
  }
}

/** Null when the stream ended without the task's end. */
async function readStream(
  client: SiteClient,
  taskId: string,
  onProgress: (progress: TaskProgress) => void,
  signal: AbortSignal | undefined,
): Promise<TaskProgress | null> {
  const abort = new AbortController();
  const onAbort = () => abort.abort();
  if (signal?.aborted) throw cancelledError();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const path = `/events/background-task?task_id=${encodeURIComponent(taskId)}`;
    const response = await client.stream(path, 'text/event-stream', abort.signal);
    const parser = new SseParser();
    for await (const chunk of response) {
      for (const { event, data } of parser.push(chunk)) {
        if (event === 'server_close') return null;
        const progress = readTaskEvent(event, data);
        if (progress === null) continue;
        onProgress(progress);
        if (progress.state !== 'running') return progress;
      }
    }
    return null;
  } catch (error) {
    if (error instanceof BerthError) throw error;
    throw new BerthError('offline', { place: 'site', retry: 'auto', params: { reason: 'stream-ended' }, cause: error });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    abort.abort();
  }
}
