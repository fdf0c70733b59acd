/** Writing to the clipboard of this computer; the browser lets a page do so only while the person is at it. */

/** False when the browser refused, which it does while the window has no focus. */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
