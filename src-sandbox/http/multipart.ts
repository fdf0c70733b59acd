/**
 * Just enough of multipart for the session file calls: reading `multipart/form-data`, writing `multipart/mixed`.
 */
import { randomBytes } from 'node:crypto';
import { badParameters } from './problem.ts';

export interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly bytes: Buffer;
}

const crlf = Buffer.from('\r\n');

function parameter(header: string, name: string): string | null {
  const match = new RegExp(`(?:^|;)\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*))`, 'i').exec(header);
  return match?.[1]?.replaceAll(/\\(.)/g, '$1') ?? match?.[2]?.trim() ?? null;
}

function readPart(block: Buffer): Part | null {
  const end = block.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = block.subarray(0, end).toString('utf8');
  const disposition = /^content-disposition:\s*(.*)$/im.exec(head)?.[1] ?? '';
  return {
    name: parameter(disposition, 'name') ?? '',
    filename: parameter(disposition, 'filename'),
    bytes: block.subarray(end + 4),
  };
}

/** Splits a form body. Throws 400 when the boundary is missing or the body does not follow it. */
export function readForm(contentType: string, body: Buffer): readonly Part[] {
  const boundary = parameter(contentType, 'boundary');
  if (boundary === null || boundary === '') throw badParameters('The multipart boundary is missing.');
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let position = body.indexOf(delimiter);
  while (position >= 0) {
    const start = position + delimiter.length;
    if (body.subarray(start, start + 2).toString() === '--') return parts;
    const next = body.indexOf(Buffer.concat([crlf, delimiter]), start);
    if (next < 0) break;
    const part = readPart(body.subarray(start + crlf.length, next));
    if (part !== null) parts.push(part);
    position = next + crlf.length;
  }
  throw badParameters('The multipart body has no end.');
}

export interface MixedPart {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export function writeMixed(parts: readonly MixedPart[]): { readonly contentType: string; readonly body: Buffer } {
  const boundary = randomBytes(16).toString('hex');
  const pieces = parts.flatMap(({ filename, contentType, bytes }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n` +
        `Content-Disposition: attachment; filename="${filename.replaceAll(/["\\\r\n]/g, '_')}"\r\n\r\n`,
    ),
    bytes,
    crlf,
  ]);
  return {
    contentType: `multipart/mixed; boundary=${boundary}`,
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
