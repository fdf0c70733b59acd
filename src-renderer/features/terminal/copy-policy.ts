/** What a program asks of the clipboard by OSC 52: only to copy, only so much. Pure. */

/** Base64 characters; more is not taken in part. */
export const maxCopyLength = 1024 * 1024;

export type CopyRequest =
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'too-large'; readonly length: number }
  /** A question for the clipboard's content, another place than it, an order to empty it, or no base64. */
  | { readonly kind: 'ignored' };

const ignored: CopyRequest = { kind: 'ignored' };
/** Clipboard, primary selection, either; none stands for the usual one, which is how tmux writes it. */
const ours = /^[cps0-7q]*$/;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** @param data what stands between `OSC 52 ;` and the terminator */
export function readCopy(data: string): CopyRequest {
  const end = data.indexOf(';');
  if (end < 0 || end > 16) return ignored;
  const targets = data.slice(0, end);
  if (!ours.test(targets) || (targets !== '' && !/[cps]/.test(targets))) return ignored;
  const payload = data.slice(end + 1);
  // SECURITY: bounded before it is decoded (test: copy-policy.test.ts).
  if (payload.length > maxCopyLength) return { kind: 'too-large', length: payload.length };
  // SECURITY: `?` asks for what the person copied elsewhere; only base64 is taken (test: copy-policy.test.ts).
  if (!base64.test(payload) || payload.replace(/=+$/, '').length % 4 === 1) return ignored;
  const bytes = Uint8Array.from(atob(payload.replace(/=+$/, '')), (character) => character.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  return text === '' ? ignored : { kind: 'copy', text };
}
