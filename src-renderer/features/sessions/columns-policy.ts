/** Pure: which columns the list has, which of them fit, how wide they are, and what they sort by. */
import type { ListColumn, ListSort } from '../../../src-preload/contract/session-view.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { firstEnd } from './idle-policy.ts';

export const columnIds = [
  'status',
  'environment',
  'cpu',
  'memory',
  'gpu',
  'idle',
  'age',
  'type',
  'folders',
  'resourceGroup',
  'project',
  'image',
  'statusInfo',
  'cluster',
  'shmem',
  'architecture',
  'created',
  'started',
  'ended',
  'owner',
  'agents',
  'priority',
  'result',
  'dependencies',
  'domain',
  'accessKey',
  'id',
] as const;
export type ColumnId = (typeof columnIds)[number];
/** `name` stands first, always. */
export type SortColumn = 'name' | ColumnId;

interface Column {
  /** Pixels. */
  readonly width: number;
  /** Without its chart, where there is little room. */
  readonly lean?: number;
  readonly end?: true;
  /** Takes what is left, until somebody sizes it. */
  readonly grows?: true;
  /** Stays longest in a narrow window; 0 goes last. */
  readonly rank: number;
}

export const columns: Readonly<Record<ColumnId, Column>> = {
  status: { width: 104, rank: 0 },
  environment: { width: 108, rank: 4, grows: true },
  cpu: { width: 104, lean: 64, end: true, rank: 3 },
  memory: { width: 132, lean: 92, end: true, rank: 1 },
  gpu: { width: 124, lean: 84, end: true, rank: 2 },
  age: { width: 56, end: true, rank: 5 },
  idle: { width: 104, rank: 6 },
  type: { width: 90, rank: 7 },
  folders: { width: 140, rank: 8 },
  resourceGroup: { width: 110, rank: 9 },
  project: { width: 110, rank: 10 },
  image: { width: 240, rank: 11 },
  statusInfo: { width: 140, rank: 12 },
  cluster: { width: 70, end: true, rank: 13 },
  shmem: { width: 110, end: true, rank: 14 },
  architecture: { width: 80, rank: 15 },
  created: { width: 170, rank: 16 },
  started: { width: 170, rank: 17 },
  ended: { width: 170, rank: 18 },
  owner: { width: 170, rank: 19 },
  agents: { width: 140, rank: 20 },
  priority: { width: 64, end: true, rank: 21 },
  result: { width: 90, rank: 22 },
  dependencies: { width: 140, rank: 23 },
  domain: { width: 90, rank: 24 },
  accessKey: { width: 170, rank: 25 },
  id: { width: 290, rank: 26 },
};

export const defaultColumns: readonly ListColumn[] = [
  'status',
  'environment',
  'cpu',
  'memory',
  'gpu',
  'idle',
  'age',
].map((id) => ({ id }));

export const widthLimits = { least: 48, most: 800 } as const;
const nameLeast = 120;
const tickWidth = 20;
const controlsWidth = 152;
const gap = 12;
const padding = 42;

/** Those that the site lets this account see: machines are not everybody's to know (web client parity P-LIST-25). */
export function allowedColumns<T extends { readonly id: string }>(list: readonly T[], agents: boolean): readonly T[] {
  return agents ? list : list.filter(({ id }) => id !== 'agents');
}

export function isColumn(id: string): id is ColumnId {
  return columnIds.some((it) => it === id);
}

export interface Layout {
  /** Those that fit, in the order of the person. */
  readonly shown: readonly ColumnId[];
  /** A `grid-template-columns`. */
  readonly template: string;
  readonly ticks: boolean;
  /** Amounts without charts. */
  readonly lean: boolean;
}

function sizesOf(wanted: readonly ListColumn[], lean: boolean): Map<ColumnId, number> {
  const sizes = new Map<ColumnId, number>();
  for (const { id, width } of wanted) {
    if (isColumn(id)) sizes.set(id, width ?? (lean ? columns[id].lean : undefined) ?? columns[id].width);
  }
  return sizes;
}

function fitting(sizes: ReadonlyMap<ColumnId, number>, widthPx: number, first: ColumnId | null): ReadonlySet<ColumnId> {
  let left = widthPx;
  const fits = new Set<ColumnId>();
  const rank = (id: ColumnId) => (id === first ? 0.5 : columns[id].rank);
  for (const id of [...sizes.keys()].sort((a, b) => rank(a) - rank(b))) {
    left -= gap + (sizes.get(id) ?? 0);
    if (left < 0) break;
    fits.add(id);
  }
  return fits;
}

/**
 * First the charts go, then whole columns: drops the least wanted columns until the rest fits into `widthPx`; the detail panel tells what they said.
 * @param first stays as long as the status does
 */
export function layOut(
  wanted: readonly ListColumn[],
  nameWidth: number | null,
  widthPx: number,
  ticks: boolean,
  first: ColumnId | null = null,
): Layout {
  const fixed = padding + (ticks ? tickWidth + gap : 0) + controlsWidth + gap + (nameWidth ?? nameLeast);
  const full = sizesOf(wanted, false);
  const lean = fitting(full, widthPx - fixed, first).size < full.size;
  const sizes = lean ? sizesOf(wanted, true) : full;
  const fits = fitting(sizes, widthPx - fixed, first);
  const shown = [...sizes.keys()].filter((id) => fits.has(id));
  const sized = new Set(wanted.filter((it) => it.width !== undefined).map((it) => it.id));
  const track = (id: ColumnId): string => {
    const width = sizes.get(id) ?? columns[id].width;
    return columns[id].grows && !sized.has(id) ? `minmax(${width}px, 1.2fr)` : `${width}px`;
  };
  const name = nameWidth === null ? `minmax(${nameLeast}px, 1.5fr)` : `${nameWidth}px`;
  const tracks = [
    name,
    ...shown.map(track),
    nameWidth === null ? `${controlsWidth}px` : `minmax(${controlsWidth}px, 1fr)`,
  ];
  return { shown, ticks, lean, template: [...(ticks ? [`${tickWidth}px`] : []), ...tracks].join(' ') };
}

/** What idle checks there are in a list: none, none that is near, or some that will end a session before long. */
export type IdleInList = 'none' | 'calm' | 'near';

/** Idle checks are shown only where there are any; calm ones give way to charts, near ones stay as long as the status. */
export function layOutList(
  wanted: readonly ListColumn[],
  nameWidth: number | null,
  widthPx: number,
  ticks: boolean,
  idle: IdleInList,
): Layout {
  const layout = layOut(wanted, nameWidth, widthPx, ticks, idle === 'near' ? 'idle' : null);
  if (idle === 'near' || (idle === 'calm' && !layout.lean)) return layout;
  return layOut(
    wanted.filter(({ id }) => id !== 'idle'),
    nameWidth,
    widthPx,
    ticks,
  );
}

const amount = (session: Session, slot: string): number => Number(session.slots[slot] ?? 0);

function accelerators(session: Session): number {
  let sum = 0;
  for (const [slot, value] of Object.entries(session.slots)) if (slot !== 'cpu' && slot !== 'mem') sum += Number(value);
  return sum;
}

/** What is in use comes first, since it is what the cell shows first; else what was given. */
const keys: Readonly<Record<SortColumn, (session: Session) => string | number | null>> = {
  name: (it) => it.name.toLowerCase(),
  status: (it) => it.status,
  environment: (it) => it.environment.toLowerCase(),
  cpu: (it) => it.live?.cpuCores ?? amount(it, 'cpu'),
  memory: (it) => it.live?.memBytes ?? amount(it, 'mem'),
  gpu: accelerators,
  // Younger is less.
  age: (it) => -Date.parse(it.startedAt ?? it.createdAt),
  // The one that ends soonest first.
  idle: (it) => firstEnd(it),
  type: (it) => it.type,
  folders: (it) => it.mounts.join(', ').toLowerCase() || null,
  resourceGroup: (it) => it.resourceGroup,
  project: (it) => it.project,
  image: (it) => it.image.toLowerCase(),
  statusInfo: (it) => it.statusInfo,
  cluster: (it) => it.clusterSize,
  shmem: (it) => it.shmemBytes,
  architecture: (it) => it.architecture,
  created: (it) => it.createdAt,
  started: (it) => it.startedAt,
  ended: (it) => it.terminatedAt,
  owner: (it) => it.owner ?? it.accessKey,
  agents: (it) => it.agents?.join(', ') || null,
  priority: (it) => it.priority ?? null,
  result: (it) => it.result ?? null,
  dependencies: (it) => it.dependsOn?.map(({ name }) => name).join(', ') || null,
  domain: (it) => it.domain ?? null,
  accessKey: (it) => it.accessKey,
  id: (it) => it.id,
};

/** Without an order the list as it comes: newest first. Rows without a value are last, whichever way it goes. */
export function sortSessions(sessions: readonly Session[], sort: ListSort | null): readonly Session[] {
  if (sort === null || !(sort.column in keys)) return sessions;
  const keyOf = keys[sort.column as SortColumn];
  const way = sort.descending ? -1 : 1;
  const rows = sessions.map((session, index) => ({ session, index, key: keyOf(session) }));
  rows.sort((a, b) => {
    if (a.key === b.key) return a.index - b.index;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return a.key < b.key ? -way : way;
  });
  return rows.map(({ session }) => session);
}

/** A click on a header: up, down, and back to newest first. */
export function nextSort(sort: ListSort | null, column: SortColumn): ListSort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}

/** Moves a column one place; it stays where it is at an end. */
export function moveColumn(list: readonly ListColumn[], id: string, step: 1 | -1): readonly ListColumn[] {
  const from = list.findIndex((it) => it.id === id);
  const moved = list[from];
  const other = list[from + step];
  if (!moved || !other) return list;
  return list.map((it) => (it === moved ? other : it === other ? moved : it));
}

/** Shown again, it comes last. */
export function showColumn(list: readonly ListColumn[], id: string, shown: boolean): readonly ListColumn[] {
  const without = list.filter((it) => it.id !== id);
  return shown ? [...without, { id }] : without;
}

export function sizeColumn(list: readonly ListColumn[], id: string, width: number): readonly ListColumn[] {
  const fit = Math.round(Math.max(widthLimits.least, Math.min(widthLimits.most, width)));
  return list.map((it) => (it.id === id ? { id, width: fit } : it));
}
