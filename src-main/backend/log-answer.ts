/** The log of one container, as it arrives from the site (API reference, section 4.6). */
import { BerthError } from '../base/berth-error.ts';
import { fromNetworkError, timeoutError } from './network-errors.ts';
import type { SiteClient } from './site-client.ts';

/** A log of hundreds of megabytes may take long; one that does not move for so long is given up. */
const stalledMs = 60_000;

export async function openLog(
  client: SiteClient,
  sessionId: string,
  kernelId: string | null,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const query: Record<string, string> = kernelId === null ? {} : { kernel_id: kernelId };
  const path = `/session/${sessionId}/logs`;
  const answer = await client.stream(path, 'application/json', signal, query);
  const host = client.url(path).host;
  answer.setTimeout(stalledMs, () => answer.destroy(timeoutError(host, stalledMs)));
  return (async function* () {
    try {
      for await (const chunk of answer) yield chunk;
    } catch (error) {
      if (error instanceof BerthError) throw error;
      throw fromNetworkError(error instanceof Error ? error : new Error(String(error)), host);
    }
  })();
}
