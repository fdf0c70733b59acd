/** Keeps a half-filled form of each account while the window lives, across closing the dialog and a reload. */
import { Draft } from './draft-policy.ts';

const keyOf = (accountId: string) => `berth.start.${accountId}`;

export function readDraft(accountId: string): Draft | null {
  try {
    const parsed = Draft.safeParse(JSON.parse(sessionStorage.getItem(keyOf(accountId)) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    // Unreadable or switched off: the form starts afresh.
    return null;
  }
}

export function writeDraft(accountId: string, draft: Draft): void {
  try {
    sessionStorage.setItem(keyOf(accountId), JSON.stringify(draft));
  } catch {
    // Storage may be full or switched off; the draft then lives as long as the page.
  }
}
