/** Reading one small file under a session's home, over every era's form of `download_single` (tunnels reference, 3.4). */
import { BerthError } from '../base/berth-error.ts';
import type { SiteClient } from './site-client.ts';
import type { Can } from './version-gates.ts';

const maxFileBytes = 1024 * 1024;
const tarBlock = 512;

/** At most 1 MiB. Throws BerthError `not-found` and what the site refuses. */
export async function readSessionFile(
  client: SiteClient,
  can: Can,
  sessionId: string,
  path: string,
  signal?: AbortSignal,
): Promise<Buffer> {
  const target = `/session/${sessionId}/download_single`;
  // One TAR header and padding may come on top.
  const common = { query: { file: path }, maxBytes: maxFileBytes + 64 * 1024, signal };
  const get = () => client.raw(target, { ...common, method: 'GET' });
  // Query and body, because the patch releases of 26.x moved the parameter back and forth.
  const post = () => client.raw(target, { ...common, method: 'POST', json: { file: path }, idempotent: true });
  const answer = can('downloadByPost') ? await firstSupported(post, get) : await firstSupported(get, post);
  return untar(answer.body);
}

async function firstSupported<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    if (error instanceof BerthError && error.code === 'unsupported') return await second();
    throw error;
  }
}

/** The only file of a TAR (22.03 answers one), or the bytes as they are. */
export function untar(body: Buffer): Buffer {
  const header = body.subarray(0, tarBlock);
  if (header.byteLength < tarBlock || !isTarHeader(header)) return body;
  const size = Number.parseInt(header.toString('latin1', 124, 136).replaceAll('\0', ' ').trim(), 8);
  if (!Number.isInteger(size) || size < 0 || size > body.byteLength - tarBlock) return body;
  return body.subarray(tarBlock, tarBlock + size);
}

/** By the header's own check sum, which a file of another kind does not have by chance. */
function isTarHeader(header: Buffer): boolean {
  const stated = Number.parseInt(header.toString('latin1', 148, 156).replaceAll('\0', ' ').trim(), 8);
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum === stated;
}
