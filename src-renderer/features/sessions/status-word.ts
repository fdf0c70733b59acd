/** A status as a word. */
import { en } from './words.en.ts';
import type { Words } from './words.ts';

/** `Running`; a status that Berth does not know is shown as the site writes it. */
export function statusWord(t: Words, session: { readonly status: string }): string {
  const key = `status.${session.status}`;
  return key in en ? t(key as 'status.RUNNING') : session.status;
}
