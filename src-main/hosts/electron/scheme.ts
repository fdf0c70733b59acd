/** `berth://app`: Berth's built pages as an origin of their own, without a server. */
import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { pageHeaders, rendererFile } from '../renderer-files.ts';
import { ownOrigin, ownScheme } from './guard.ts';

/** Must run before `ready`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: ownScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...pageHeaders([]), 'Content-Type': 'text/plain; charset=utf-8' } });
}

/** Answers one request. @param rendererDir the built pages */
export async function answerOwnPage(
  request: { readonly method: string; readonly url: string },
  rendererDir: string,
): Promise<Response> {
  // SECURITY: reading is all there is, and of this one host (scheme.test.ts).
  if (request.method !== 'GET') return plain(405, 'GET only.');
  const origin = `${ownOrigin}/`;
  if (!request.url.startsWith(origin)) return plain(404, 'There is nothing here.');
  // The address as it came: parsing it would resolve `..` before it is looked at.
  const file = rendererFile(rendererDir, `/${request.url.slice(origin.length).split('#', 1)[0] ?? ''}`);
  if (file === null) return plain(404, 'There is nothing here.');
  try {
    const bytes = await readFile(file.path);
    const headers = { ...pageHeaders([]), 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl };
    return new Response(new Uint8Array(bytes), { status: 200, headers });
  } catch {
    // Not there, or a folder: nothing to tell a page more about.
    return plain(404, 'There is nothing here.');
  }
}

export function serveScheme(session: Session, rendererDir: string): void {
  session.protocol.handle(ownScheme, (request) => answerOwnPage(request, rendererDir));
}
