/** Fewer and larger writes to a window than the packets that arrive from the link. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Gathered this much, the window gets it without waiting for the turn's end. */
const gatherBytes = 128 * 1024;

/**
 * What arrives in one turn of the event loop goes out in one write, not one for each packet of the link. The socket is
 * corked, not the answer: a corked chunked answer may wait for a `drain` that Node never sends.
 */
export function gatherWrites(message: IncomingMessage, answer: ServerResponse): void {
  let corked: Socket | null = null;
  let gatheredBytes = 0;
  const flush = (): void => {
    corked?.uncork();
    corked = null;
    gatheredBytes = 0;
  };
  message.on('data', (bytes: Buffer) => {
    if (!corked && answer.socket) {
      corked = answer.socket;
      corked.cork();
      setImmediate(flush);
    }
    gatheredBytes += bytes.length;
    if (gatheredBytes >= gatherBytes) process.nextTick(flush);
  });
  message.once('close', flush);
}
