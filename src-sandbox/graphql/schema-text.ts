/**
 * The part of the v1 schema that a user's client asks for, after the manager's published schema.
 *
 * A line that ends in `# 24.09` exists from that release on, one that ends in `# <24.12` until then; a mark on the
 * opening line of a type holds for the whole type.
 */
import type { Face } from '../face.ts';
import { adminTypesText } from './schema-admin.ts';
import { listTypesText } from './schema-lists.ts';
import { sessionTypesText } from './schema-sessions.ts';
import { siteTypesText } from './schema-site.ts';

function isThere(face: Face, release: string, until: boolean): boolean {
  return face.since(release) !== until;
}

/** The schema definition as this face publishes it. */
export function schemaText(face: Face): string {
  const lines: string[] = [];
  let skipping = false;
  for (const line of [siteTypesText, sessionTypesText, listTypesText, adminTypesText].join('').split('\n')) {
    const [, plain = line, until = '', release] = /^(.*\S)\s+# (<?)(\d+\.\d+)$/.exec(line) ?? [];
    const there = release === undefined || isThere(face, release, until === '<');
    if (plain.endsWith('{')) skipping = !there;
    if (!skipping && there) lines.push(plain);
    if (plain === '}') skipping = false;
  }
  return lines.join('\n');
}
