/** A status, and what a site says beside it, in words. */
import { en } from './words.en.ts';
import type { Words } from './words.ts';

/** `Running`; a status that Berth does not know is shown as the site writes it. */
export function statusWord(t: Words, session: { readonly status: string }): string {
  const key = `status.${session.status}`;
  return key in en ? t(key as 'status.RUNNING') : session.status;
}

/** Of `status_info`; null for what Berth has no words for (web client parity P-STATUS-22). */
export function infoWord(t: Words, info: string | null): string | null {
  const key = `info.${info ?? ''}`;
  return key in en ? t(key as 'info.RESCHEDULED') : null;
}
