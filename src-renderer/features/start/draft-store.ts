/**
 * Keeps a half-filled form of each account: in this window with all that was typed, and by the main process without what
 * looks like a secret, so that it survives a crash, a sign-in that expired and the next start.
 */
import type { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import { berth } from '../../bridge.ts';

/** SECURITY: in memory only; a browser may write its storage to disk (launcher.spec.ts, "folders"). */
const inThisWindow = new Map<string, LaunchSpec>();
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Keys come faster than anything needs to be kept. */
const keepAfterMs = 400;

/** Null when nothing was kept. */
export async function readDraft(accountId: string): Promise<LaunchSpec | null> {
  const here = inThisWindow.get(accountId);
  if (here !== undefined) return here;
  try {
    return await berth.launches.draft({ accountId });
  } catch {
    // A draft is a convenience: without it the form starts afresh.
    return null;
  }
}

export function writeDraft(accountId: string, spec: LaunchSpec): void {
  inThisWindow.set(accountId, spec);
  clearTimeout(waiting.get(accountId));
  waiting.set(
    accountId,
    setTimeout(() => keep(accountId), keepAfterMs),
  );
}

function keep(accountId: string): void {
  clearTimeout(waiting.get(accountId));
  waiting.delete(accountId);
  const spec = inThisWindow.get(accountId);
  if (spec === undefined) return;
  berth.launches.keepDraft({ accountId, spec }).catch(() => {
    // The window keeps it; the next key tries again.
  });
}

// A reload forgets this window's memory: what still waits goes out before.
addEventListener('pagehide', () => {
  for (const accountId of waiting.keys()) keep(accountId);
});
