/** Where the main window is, as its address says it: a page, and what is open on it. Pure. */
export const sections = ['sessions', 'folders', 'transfers', 'ports', 'settings'] as const;
export type Section = (typeof sections)[number];

export interface Place {
  readonly section: Section;
  /** What is open there: a session in the panel, a folder in the list. Of one account, so that back and forward find it. */
  readonly open: { readonly accountId: string; readonly id: string } | null;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const account = /^[a-z0-9-]{8,64}$/;

/** Whatever is not one of ours is the list of sessions; a page with something odd behind it is that page. */
export function readPlace(hash: string): Place {
  const [name, accountId, id, ...rest] = hash.replace(/^#/, '').split('/');
  const section = sections.find((it) => it === name) ?? 'sessions';
  const opens =
    section === name && rest.length === 0 && account.test(accountId ?? '') && uuid.test(id ?? '')
      ? { accountId: accountId ?? '', id: id ?? '' }
      : null;
  return { section, open: opens };
}

export function writePlace({ section, open }: Place): string {
  return open === null ? `#${section}` : `#${section}/${open.accountId}/${open.id}`;
}
