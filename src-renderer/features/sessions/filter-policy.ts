/** Pure: type filter, property filters and Find. */
import {
  type ListFilter,
  type SessionView,
  type textFields,
  timeFields,
  typeFilters,
} from '../../../src-preload/contract/session-view.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';

export type TypeFilter = (typeof typeFilters)[number];
export type TextField = (typeof textFields)[number];
export type TimeField = (typeof timeFields)[number];
export type FilterField = TextField | TimeField;

export const isTime = (field: string): field is TimeField => timeFields.some((it) => it === field);

/** Upload sessions are the system's: they run for folders, not for a person. */
export function ofType(session: Pick<Session, 'type'>, type: TypeFilter): boolean {
  if (type === 'all') return true;
  const known = session.type === 'interactive' || session.type === 'batch' || session.type === 'inference';
  return type === 'system' ? !known : session.type === type;
}

export function countTypes(sessions: readonly Session[]): Record<TypeFilter, number> {
  const counts = { all: sessions.length, interactive: 0, batch: 0, inference: 0, system: 0 };
  for (const session of sessions) {
    const type = typeFilters.find((it) => it !== 'all' && ofType(session, it));
    if (type !== undefined) counts[type]++;
  }
  return counts;
}

type StatusWord = (session: Session) => string;

/** The values of a field; a session has several folders, and an image under two names. */
export function valuesOf(session: Session, field: TextField, statusWord: StatusWord): readonly string[] {
  switch (field) {
    case 'name':
      return [session.name];
    case 'image':
      return [session.environment, session.image];
    case 'status':
      return [statusWord(session), session.status];
    case 'folder':
      return session.mounts;
    case 'resourceGroup':
      return session.resourceGroup === null ? [] : [session.resourceGroup];
    case 'project':
      return session.project === null ? [] : [session.project];
    case 'owner':
      return [session.owner, session.accessKey].filter((it) => typeof it === 'string');
    case 'agent':
      return session.agents ?? [];
    case 'id':
      return [session.id];
  }
}

function matches(session: Session, filter: ListFilter, statusWord: StatusWord): boolean {
  const { field, operator, value } = filter;
  if (isTime(field)) {
    const at = field === 'created' ? session.createdAt : session.terminatedAt;
    if (at === null) return false;
    // A date stands for its first moment where this computer is.
    const limit = new Date(`${value}T00:00`).getTime();
    if (Number.isNaN(limit)) return true;
    return operator === 'before' ? Date.parse(at) < limit : Date.parse(at) >= limit;
  }
  const wanted = value.toLowerCase();
  const values = valuesOf(session, field as TextField, statusWord).map((it) => it.toLowerCase());
  if (operator === 'contains') return values.some((it) => it.includes(wanted));
  const equal = values.some((it) => it === wanted);
  return operator === 'not' ? !equal : equal;
}

/** Filters of different properties must all hold; of the same property one, unless it says *is not* or a time. */
export function filterSessions(
  sessions: readonly Session[],
  filters: readonly ListFilter[],
  statusWord: StatusWord,
): readonly Session[] {
  if (filters.length === 0) return sessions;
  const groups = new Map<string, ListFilter[]>();
  for (const filter of filters) {
    const alone = filter.operator === 'not' || isTime(filter.field);
    const key = alone ? JSON.stringify(filter) : filter.field;
    groups.set(key, [...(groups.get(key) ?? []), filter]);
  }
  const all = [...groups.values()];
  return sessions.filter((it) => all.every((any) => any.some((filter) => matches(it, filter, statusWord))));
}

/** What Find looks at, in lower case; a session that did not change is not written out again. */
const hays = new WeakMap<Session, string>();

function hayOf(session: Session): string {
  let hay = hays.get(session);
  if (hay === undefined) {
    const { name, environment, image, mounts, status, id } = session;
    hay = [name, environment, image, ...mounts, status, id].join('\n').toLowerCase();
    hays.set(session, hay);
  }
  return hay;
}

/** Every word must occur in name, environment, image, folders, status (as shown or raw) or id. */
export function findSessions(sessions: readonly Session[], text: string, statusWord: StatusWord): readonly Session[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return sessions;
  // Few statuses, many rows: each is worded once.
  const worded = new Map<string, string>();
  return sessions.filter((it) => {
    let status = worded.get(it.status);
    if (status === undefined) {
      status = statusWord(it).toLowerCase();
      worded.set(it.status, status);
    }
    const hay = hayOf(it);
    return words.every((word) => hay.includes(word) || status.includes(word));
  });
}

/** What a tab shows of its list, before sorting. */
export function selectSessions(
  sessions: readonly Session[],
  view: Pick<SessionView['tabs']['running'], 'type' | 'filters'>,
  text: string,
  statusWord: StatusWord,
): readonly Session[] {
  const { type, filters } = view;
  const typed = type === 'all' ? sessions : sessions.filter((it) => ofType(it, type));
  return findSessions(filterSessions(typed, filters, statusWord), text, statusWord);
}
