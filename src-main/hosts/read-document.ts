/** Reading a document is the same in both hosts: the file itself, so that nothing is loaded or written for it. */
import { readFileSync } from 'node:fs';

export type Document = Record<string, unknown>;

/** An absent file is an empty document. Throws SyntaxError for one that holds no JSON object, else what the disk says. */
export function readDocument(path: string): Document {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError(`${path} holds no JSON object`);
  return value as Document;
}

/**
 * For the stores' own reading before a write, whose result is replaced anyway. One that does not parse was judged by
 * whoever read it with {@link readDocument}; it is no reason to stop here.
 */
export function deserializeLeniently(text: string): Document {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return {};
  }
}
