/** Keeps a half-filled form of each account while the window lives, across closing the dialog and a reload. */
import { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import { withoutSecrets } from './spec-policy.ts';

const keyOf = (accountId: string) => `berth.start.${accountId}`;

export function readDraft(accountId: string): LaunchSpec | null {
  try {
    const parsed = LaunchSpec.safeParse(JSON.parse(sessionStorage.getItem(keyOf(accountId)) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    // Unreadable or switched off: the form starts afresh.
    return null;
  }
}

/** SECURITY: a browser may write its storage to disk, so values that look like secrets stay out (draft-store.test.ts). */
export function writeDraft(accountId: string, spec: LaunchSpec): void {
  try {
    sessionStorage.setItem(keyOf(accountId), JSON.stringify(withoutSecrets(spec)));
  } catch {
    // Storage may be full or switched off; the draft then lives as long as the page.
  }
}
