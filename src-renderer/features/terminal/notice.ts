/** What a terminal window has to say beside the state of its link: one thing at a time, the newest. */
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';

export type Notice =
  /** A program put this on the clipboard. */
  | { readonly kind: 'copied'; readonly count: number }
  /** A program wants it, and the browser lets it happen only upon a click. */
  | { readonly kind: 'copy-waits'; readonly text: string }
  | { readonly kind: 'copy-too-large' }
  /** The browser refused the person's own copy. */
  | { readonly kind: 'copy-refused' }
  | { readonly kind: 'saved'; readonly cut: boolean }
  /** Shells from before that no window shows. */
  | { readonly kind: 'kept'; readonly count: number }
  /** A tab is where it was: no window took it. */
  | { readonly kind: 'move-failed'; readonly toNew: boolean }
  | { readonly kind: 'error'; readonly error: ErrorValue };

/** Told once and then gone by themselves. */
export function isPassing({ kind }: Notice): boolean {
  return kind === 'copied' || kind === 'saved';
}

export const passingMs = 2_500;
