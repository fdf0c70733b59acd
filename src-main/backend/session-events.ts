/** The stream of `/events/session`: opens it, watches its pulse, hands events over (API reference, section 8.1). */
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { badAnswer, fromNetworkError, timeoutError } from './network-errors.ts';
import type { EventStreamHandlers } from './site-api.ts';
import type { SiteClient } from './site-client.ts';
import { type SseMessage, SseParser } from './sse.ts';
import { parseJson } from './wire.ts';

/** The site sends a comment every 15 s; three missed ones mean that nobody is there. */
export const silenceMs = 45_000;

const EventData = z.object({
  sessionId: z.string(),
  reason: z.string().nullish().catch(null),
  ownerAccessKey: z.string().nullish().catch(null),
});

/** Calls `onClose` exactly once, unless it was disposed before. */
export function openSessionEvents(
  client: SiteClient,
  clock: Clock,
  handlers: EventStreamHandlers,
): { dispose(): void } {
  const abort = new AbortController();
  let pulse: Disposable | null = null;
  let closed = false;

  const close = (error: unknown) => {
    if (closed) return;
    closed = true;
    void pulse?.dispose();
    abort.abort();
    handlers.onClose(error);
  };
  const onAlive = () => {
    void pulse?.dispose();
    pulse = clock.after(silenceMs, () => {
      close(timeoutError(client.host, silenceMs, 'events'));
    });
  };

  const read = async () => {
    const response = await client.stream('/events/session', 'text/event-stream', abort.signal);
    if (closed) return;
    response.socket.setNoDelay(true);
    response.socket.setKeepAlive(true, 30_000);
    const parser = new SseParser();
    onAlive();
    handlers.onOpen();
    for await (const chunk of response) {
      if (closed) return;
      onAlive();
      handlers.onAlive?.();
      for (const { event, data } of pushed(parser, chunk)) {
        if (event === 'server_close') return;
        const parsed = parseEvent(data, client.accessKey);
        if (parsed !== null) handlers.onEvent({ name: event, ...parsed });
      }
    }
  };

  read().then(
    () => close(new BerthError('offline', { place: 'site', retry: 'auto', params: { reason: 'stream-ended' } })),
    (error: unknown) => close(fromNetworkError(error, client.host)),
  );

  return {
    dispose() {
      closed = true;
      void pulse?.dispose();
      abort.abort();
    },
  };
}

/** Throws BerthError `bad-answer` for a message without end. */
function pushed(parser: SseParser, chunk: Uint8Array): SseMessage[] {
  try {
    return parser.push(chunk);
  } catch (error) {
    throw badAnswer('not-events', {}, error);
  }
}

/**
 * Null for what is no session event: the list is reconciled anyway, so an odd message costs nothing. Null, too, for other
 * people's: an administrator is told of everybody's sessions (API reference, section 8.1), and lists their own.
 */
function parseEvent(data: string, accessKey: string): { sessionId: string; reason: string } | null {
  let value: unknown;
  try {
    value = parseJson(data);
  } catch {
    // Not JSON: no event that Berth knows.
    return null;
  }
  const parsed = EventData.safeParse(value);
  if (!parsed.success) return null;
  const { sessionId, reason, ownerAccessKey } = parsed.data;
  if (ownerAccessKey && ownerAccessKey !== accessKey) return null;
  return { sessionId: sessionId.toLowerCase(), reason: reason ?? '' };
}
