/** What an answer is that is not what was asked for: a web page, a text that ends in the middle, something else. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

/** So much of a body is enough to see what it is. */
const glanceBytes = 1024;

/** A web page: of a captive portal, a proxy, a sign-in that stands before the site. */
export function looksLikePage(headers: IncomingHttpHeaders, body: Uint8Array): boolean {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/html' || type === 'application/xhtml+xml') return true;
  const start = Buffer.from(body.subarray(0, glanceBytes)).toString('latin1');
  return /^[^\w<{[]*<(?:!doctype html|html|head|body|script|meta|title)\b/i.test(start);
}

/** JSON that was begun and never closed: somebody on the way cut it. */
export function endsEarly(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth < 0) return false;
  }
  return /^\s*[{["]/.test(text) && (quoted || depth > 0);
}
