/**
 * Links that show one session: `berth://session?site=lab-a.example.org&id=<uuid>`. The site is named by its address and never
 * by an id of one Berth, since links travel between people. Reading one is pure and does nothing else.
 */
import { z } from 'zod';
import { Nothing, Uuid } from './common.ts';
import { call, event } from './verbs.ts';

/** Host, port and base path of a site's address, in lower case; `sandbox` for the local sandbox, whose port changes. */
const SiteInLink = z
  .string()
  .max(255)
  .regex(/^[a-z0-9[][a-z0-9.:[\]/_~-]*$/);

export const SessionLink = z.strictObject({ site: SiteInLink, sessionId: Uuid });
export type SessionLink = z.infer<typeof SessionLink>;

/** What a site needs to be named by. */
export interface LinkedSite {
  readonly endpoint: string;
  readonly isSandbox: boolean;
}

/** Longer ones are nobody's; the longest site name and an id are well below. */
const maxLength = 1_024;
const plain = /^berth:\/\/session\/?\?(.*)$/i;

/** How links name a site. */
export function siteInLink({ endpoint, isSandbox }: LinkedSite): string {
  return isSandbox
    ? 'sandbox'
    : endpoint
        .replace(/^[a-z+]+:\/\//i, '')
        .replace(/\/+$/, '')
        .toLowerCase();
}

export function writeSessionLink(site: LinkedSite, sessionId: string): string {
  return `berth://session?site=${encodeURIComponent(siteInLink(site))}&id=${sessionId}`;
}

/** Whether a text wants to be a link to a session, well made or not. */
export function isSessionLink(text: string): boolean {
  return /^\s*berth:\/\/session(?![a-z0-9.-])/i.test(text);
}

/**
 * Null for anything but a whole link of this form.
 * SECURITY: a site and a session and nothing else, each once, each by a strict rule: whoever opens a link is shown a session
 * and nothing happens to it (session-link.test.ts).
 */
export function readSessionLink(text: string): SessionLink | null {
  const link = text.trim();
  const query = link.length > maxLength ? undefined : plain.exec(link)?.[1];
  if (query === undefined) return null;
  const fields = query.split('&').map((field) => field.split('='));
  const names = fields.map(([name]) => name).sort();
  if (names.length !== 2 || names[0] !== 'id' || names[1] !== 'site' || fields.some((it) => it.length !== 2))
    return null;
  const field = (wanted: string) => decoded(fields.find(([name]) => name === wanted)?.[1] ?? '').toLowerCase();
  const parsed = SessionLink.safeParse({ site: field('site'), sessionId: field('id') });
  return parsed.success ? parsed.data : null;
}

/** Empty, which no rule takes, for what is no percent-encoded text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export const sessionLinks = {
  /** The link that the command line or the system handed over, once; null when there is none. */
  takeRequested: call(Nothing, SessionLink.nullable()),
  /** There is one to take. */
  requested: event(z.strictObject({})),
};
