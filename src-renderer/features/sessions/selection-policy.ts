/** Pure: which rows are ticked. Only those that can be ended may be. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where a range begins: the row ticked last. */
  readonly anchor: string | null;
}

export const nothing: Selection = { ids: new Set(), anchor: null };

export function toggle({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** From the anchor to `id`, added to what is ticked. `order` are the rows that can be ticked, as they stand. */
export function extend(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (to === -1) return selection;
  if (from === -1) return { ids: new Set([...selection.ids, id]), anchor: id };
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor };
}

/** All of them, or none when all were ticked. */
export function toggleAll({ ids }: Selection, order: readonly string[]): Selection {
  return order.length > 0 && order.every((id) => ids.has(id)) ? nothing : { ids: new Set(order), anchor: null };
}

/** Without those that are gone or can no longer be ended; the same object when nothing changes. */
export function prune(selection: Selection, may: (id: string) => boolean): Selection {
  const kept = [...selection.ids].filter(may);
  return kept.length === selection.ids.size ? selection : { ids: new Set(kept), anchor: selection.anchor };
}
