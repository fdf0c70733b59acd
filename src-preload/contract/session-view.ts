/** How a person left the list of a site: columns, filters, order. Kept by the main process, since a window's own storage ends with it. */
import { z } from 'zod';
import { AccountRef, Nothing } from './common.ts';
import { SessionTab } from './sessions.ts';
import { call } from './verbs.ts';

export const ListColumn = z.strictObject({
  id: z.string().max(32),
  /** Pixels, once somebody has sized it. */
  width: z.number().int().min(20).max(2000).optional(),
});
export type ListColumn = z.infer<typeof ListColumn>;

export const ListSort = z.strictObject({ column: z.string().max(32), descending: z.boolean() });
export type ListSort = z.infer<typeof ListSort>;

export const textFields = [
  'name',
  'image',
  'status',
  'folder',
  'resourceGroup',
  'project',
  'owner',
  'agent',
  'id',
] as const;
export const timeFields = ['created', 'ended'] as const;
export const textOperators = ['contains', 'is', 'not'] as const;
export const timeOperators = ['after', 'before'] as const;
export const typeFilters = ['all', 'interactive', 'batch', 'inference', 'system'] as const;

export const ListFilter = z.strictObject({
  field: z.enum([...textFields, ...timeFields]),
  operator: z.enum([...textOperators, ...timeOperators]),
  /** Text; of a time its date, `2026-11-25`. */
  value: z.string().min(1).max(256),
});
export type ListFilter = z.infer<typeof ListFilter>;

const TabView = z.strictObject({
  type: z.enum(typeFilters),
  filters: z.array(ListFilter).max(32),
  /** Null: newest first. */
  sort: ListSort.nullable(),
});

/** The line of what is used above the list. */
const UsageView = z.strictObject({
  open: z.boolean(),
  panel: z.enum(['mine', 'in-group', 'group']),
  /** Null: the first one. */
  resourceGroup: z.string().max(256).nullable(),
});
export type UsageView = z.infer<typeof UsageView>;

export const SessionView = z.strictObject({
  tab: SessionTab,
  tabs: z.strictObject({ running: TabView, finished: TabView, other: TabView }),
  /** Those shown, in order; the name stands before them. */
  columns: z.array(ListColumn).max(64),
  nameWidth: z.number().int().min(20).max(2000).nullable(),
  usage: UsageView.optional(),
});
export type SessionView = z.infer<typeof SessionView>;

export const views = {
  /** Null: nobody has changed it yet. */
  get: call(AccountRef, SessionView.nullable()),
  keep: call(z.strictObject({ ...AccountRef.shape, view: SessionView }), Nothing),
};
