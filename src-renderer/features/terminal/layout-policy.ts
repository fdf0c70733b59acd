/** Tabs of a terminal window and how each is split: a tree of panes per tab, and every change of it. Pure. */

export type Direction = 'row' | 'column';
export type Side = 'left' | 'right' | 'up' | 'down';

export type Split =
  | { readonly pane: string }
  /** `row`: side by side; `ratio`: the first one's share. */
  | { readonly direction: Direction; readonly ratio: number; readonly first: Split; readonly second: Split };

export interface Tab {
  readonly root: Split;
  /** The pane that has the keys. */
  readonly focus: string;
  /** Given by the person; else the program's. */
  readonly name: string | null;
}

export interface Layout {
  readonly tabs: readonly Tab[];
  readonly active: number;
}

/** Shares of the tab's area, 0 to 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The line between two parts, with the way to it through the tree: false is the first branch. */
export interface Divider {
  readonly path: readonly boolean[];
  readonly direction: Direction;
  readonly ratio: number;
  /** Of both parts together. */
  readonly box: Box;
}

/** A stream, an xterm and a shell each; more than fit a screen. */
export const maxPanes = 24;
export const leastRatio = 0.1;
export const maxNameLength = 60;
const keyStep = 0.05;

export function firstLayout(pane: string): Layout {
  return { tabs: [{ root: { pane }, focus: pane, name: null }], active: 0 };
}

export function panesOf(root: Split): readonly string[] {
  return 'pane' in root ? [root.pane] : [...panesOf(root.first), ...panesOf(root.second)];
}

export function allPanes(layout: Layout): readonly string[] {
  return layout.tabs.flatMap((tab) => panesOf(tab.root));
}

export function activeTab(layout: Layout): Tab | undefined {
  return layout.tabs[layout.active];
}

export function isFull(layout: Layout): boolean {
  return allPanes(layout).length >= maxPanes;
}

/** Right of the active one, and shown. */
export function addTab(layout: Layout, pane: string): Layout {
  if (isFull(layout)) return layout;
  const at = Math.min(layout.active + 1, layout.tabs.length);
  const tabs = [...layout.tabs.slice(0, at), { root: { pane }, focus: pane, name: null }, ...layout.tabs.slice(at)];
  return { tabs, active: at };
}

/** Splits a pane; the new one comes after it and has the keys. */
export function splitPane(layout: Layout, pane: string, direction: Direction, made: string): Layout {
  if (isFull(layout)) return layout;
  return changeTabOf(layout, pane, (tab) => ({
    ...tab,
    focus: made,
    root: replace(tab.root, pane, { direction, ratio: 0.5, first: { pane }, second: { pane: made } }),
  }));
}

/** Without the pane; a tab without panes goes. May leave no tab at all. */
export function closePane(layout: Layout, pane: string): Layout {
  const at = tabIndexOf(layout, pane);
  const tab = layout.tabs[at];
  if (!tab) return layout;
  const root = replace(tab.root, pane, null);
  if (!root) return closeTab(layout, at);
  const heir = tab.focus === pane ? heirOf(tab.root, pane) : tab.focus;
  return changeTab(layout, at, { ...tab, root, focus: heir ?? panesOf(root)[0] ?? '' });
}

export function closeTab(layout: Layout, at: number): Layout {
  const tabs = layout.tabs.filter((_, index) => index !== at);
  const active = at < layout.active ? layout.active - 1 : layout.active;
  return { tabs, active: Math.max(0, Math.min(active, tabs.length - 1)) };
}

export function showTab(layout: Layout, at: number): Layout {
  return layout.tabs[at] ? { ...layout, active: at } : layout;
}

/** Takes the tab to another place among the others; the same one stays shown. */
export function moveTab(layout: Layout, from: number, to: number): Layout {
  const tab = layout.tabs[from];
  const shown = layout.tabs[layout.active];
  if (!tab || !shown || from === to || to < 0 || to >= layout.tabs.length) return layout;
  const others = layout.tabs.filter((it) => it !== tab);
  const tabs = [...others.slice(0, to), tab, ...others.slice(to)];
  return { tabs, active: tabs.indexOf(shown) };
}

/** A tab of another window, at the end and shown. Null: it would be too many, or a pane of it is here already. */
export function takeIn(layout: Layout, tab: Tab): Layout | null {
  const panes = [...allPanes(layout), ...panesOf(tab.root)];
  if (panes.length > maxPanes || new Set(panes).size < panes.length) return null;
  return { tabs: [...layout.tabs, tab], active: layout.tabs.length };
}

/** The next or previous one, round and round. */
export function stepTab(layout: Layout, step: 1 | -1): Layout {
  const count = layout.tabs.length;
  return count === 0 ? layout : { ...layout, active: (layout.active + step + count) % count };
}

/** Shows the pane's tab and gives it the keys. */
export function focusPane(layout: Layout, pane: string): Layout {
  const at = tabIndexOf(layout, pane);
  const tab = layout.tabs[at];
  if (!tab || (tab.focus === pane && layout.active === at)) return layout;
  return { ...changeTab(layout, at, { ...tab, focus: pane }), active: at };
}

/** The nearest pane on that side of the one that has the keys, as seen. */
export function focusSide(layout: Layout, side: Side): Layout {
  const tab = activeTab(layout);
  if (!tab) return layout;
  const { panes } = arrange(tab.root);
  const from = panes.find((it) => it.pane === tab.focus)?.box;
  if (!from) return layout;
  const [best] = panes
    .filter(({ pane, box }) => pane !== tab.focus && isBeside(from, box, side))
    .sort((a, b) => distance(from, a.box) - distance(from, b.box));
  return best ? focusPane(layout, best.pane) : layout;
}

/** Moves the nearest line of that direction around the pane that has the keys. */
export function resizeSide(layout: Layout, side: Side): Layout {
  const tab = activeTab(layout);
  if (!tab) return layout;
  const direction: Direction = side === 'left' || side === 'right' ? 'row' : 'column';
  const path = pathTo(tab.root, tab.focus);
  for (let length = (path?.length ?? 0) - 1; length >= 0; length -= 1) {
    const at = path?.slice(0, length) ?? [];
    const node = nodeAt(tab.root, at);
    if (node && !('pane' in node) && node.direction === direction) {
      const step = side === 'right' || side === 'down' ? keyStep : -keyStep;
      return setRatio(layout, at, node.ratio + step);
    }
  }
  return layout;
}

/** Sets the first part's share of a split in the active tab. */
export function setRatio(layout: Layout, path: readonly boolean[], ratio: number): Layout {
  const tab = activeTab(layout);
  if (!tab || !Number.isFinite(ratio)) return layout;
  const bounded = Math.min(1 - leastRatio, Math.max(leastRatio, ratio));
  return changeTab(layout, layout.active, { ...tab, root: withRatio(tab.root, path, bounded) });
}

export function renameTab(layout: Layout, at: number, name: string): Layout {
  const tab = layout.tabs[at];
  const wanted = name.trim().slice(0, maxNameLength);
  return tab ? changeTab(layout, at, { ...tab, name: wanted === '' ? null : wanted }) : layout;
}

/** Where each pane stands, and the lines between. */
export function arrange(root: Split): {
  readonly panes: readonly { readonly pane: string; readonly box: Box }[];
  readonly dividers: readonly Divider[];
} {
  const panes: { pane: string; box: Box }[] = [];
  const dividers: Divider[] = [];
  const place = (node: Split, box: Box, path: readonly boolean[]): void => {
    if ('pane' in node) {
      panes.push({ pane: node.pane, box });
      return;
    }
    const { direction, ratio } = node;
    dividers.push({ path, direction, ratio, box });
    if (direction === 'row') {
      const width = box.width * ratio;
      place(node.first, { ...box, width }, [...path, false]);
      place(node.second, { ...box, left: box.left + width, width: box.width - width }, [...path, true]);
    } else {
      const height = box.height * ratio;
      place(node.first, { ...box, height }, [...path, false]);
      place(node.second, { ...box, top: box.top + height, height: box.height - height }, [...path, true]);
    }
  };
  place(root, { left: 0, top: 0, width: 1, height: 1 }, []);
  return { panes, dividers };
}

/** What was kept over a reload, when it is what this page would have written. */
export function readLayout(value: unknown): Layout | null {
  if (typeof value !== 'object' || value === null) return null;
  const { tabs, active } = value as { tabs?: unknown; active?: unknown };
  if (!Array.isArray(tabs) || tabs.length === 0 || typeof active !== 'number' || !(active in tabs)) return null;
  const read = tabs.map(readTab).filter((tab) => tab !== null);
  if (read.length < tabs.length) return null;
  const layout: Layout = { tabs: read, active };
  const panes = allPanes(layout);
  return panes.length <= maxPanes && new Set(panes).size === panes.length ? layout : null;
}

/** A tab that another window or an earlier page wrote. */
export function readTab(value: unknown): Tab | null {
  const { root, focus, name } = (value ?? {}) as { root?: unknown; focus?: unknown; name?: unknown };
  const split = readSplit(root, 0);
  if (!split || typeof focus !== 'string' || !panesOf(split).includes(focus)) return null;
  return { root: split, focus, name: typeof name === 'string' ? name.slice(0, maxNameLength) : null };
}

function readSplit(value: unknown, depth: number): Split | null {
  if (typeof value !== 'object' || value === null || depth > maxPanes) return null;
  const { pane, direction, ratio, first, second } = value as Record<string, unknown>;
  if (typeof pane === 'string') return /^[a-z0-9]{4,32}$/.test(pane) ? { pane } : null;
  const one = readSplit(first, depth + 1);
  const two = readSplit(second, depth + 1);
  if (!one || !two || (direction !== 'row' && direction !== 'column') || typeof ratio !== 'number') return null;
  if (!(ratio >= leastRatio && ratio <= 1 - leastRatio)) return null;
  return { direction, ratio, first: one, second: two };
}

function tabIndexOf(layout: Layout, pane: string): number {
  return layout.tabs.findIndex((tab) => panesOf(tab.root).includes(pane));
}

function changeTab(layout: Layout, at: number, tab: Tab): Layout {
  return { ...layout, tabs: layout.tabs.map((it, index) => (index === at ? tab : it)) };
}

function changeTabOf(layout: Layout, pane: string, change: (tab: Tab) => Tab): Layout {
  const at = tabIndexOf(layout, pane);
  const tab = layout.tabs[at];
  return tab ? changeTab(layout, at, change(tab)) : layout;
}

function replace(node: Split, pane: string, by: Split): Split;
function replace(node: Split, pane: string, by: null): Split | null;
function replace(node: Split, pane: string, by: Split | null): Split | null {
  if ('pane' in node) return node.pane === pane ? by : node;
  const first = by ? replace(node.first, pane, by) : replace(node.first, pane, null);
  const second = by ? replace(node.second, pane, by) : replace(node.second, pane, null);
  if (!first) return second;
  if (!second) return first;
  return { ...node, first, second };
}

/** The pane that takes the keys over: the first one of what fills the place. */
function heirOf(root: Split, pane: string): string | undefined {
  const path = pathTo(root, pane);
  if (!path || path.length === 0) return undefined;
  const parent = nodeAt(root, path.slice(0, -1));
  if (!parent || 'pane' in parent) return undefined;
  return panesOf(path.at(-1) ? parent.first : parent.second).at(path.at(-1) ? -1 : 0);
}

function pathTo(node: Split, pane: string): readonly boolean[] | null {
  if ('pane' in node) return node.pane === pane ? [] : null;
  const first = pathTo(node.first, pane);
  if (first) return [false, ...first];
  const second = pathTo(node.second, pane);
  return second ? [true, ...second] : null;
}

function nodeAt(node: Split, path: readonly boolean[]): Split | null {
  const [step, ...rest] = path;
  if (step === undefined) return node;
  return 'pane' in node ? null : nodeAt(step ? node.second : node.first, rest);
}

function withRatio(node: Split, path: readonly boolean[], ratio: number): Split {
  if ('pane' in node) return node;
  const [step, ...rest] = path;
  if (step === undefined) return { ...node, ratio };
  return step
    ? { ...node, second: withRatio(node.second, rest, ratio) }
    : { ...node, first: withRatio(node.first, rest, ratio) };
}

/** Rounding of shares that were multiplied. */
const nearly = 1e-6;

function isBeside(from: Box, to: Box, side: Side): boolean {
  const overlapsY = to.top < from.top + from.height - nearly && from.top < to.top + to.height - nearly;
  const overlapsX = to.left < from.left + from.width - nearly && from.left < to.left + to.width - nearly;
  switch (side) {
    case 'left':
      return overlapsY && to.left + to.width <= from.left + nearly;
    case 'right':
      return overlapsY && to.left >= from.left + from.width - nearly;
    case 'up':
      return overlapsX && to.top + to.height <= from.top + nearly;
    case 'down':
      return overlapsX && to.top >= from.top + from.height - nearly;
  }
}

function distance(a: Box, b: Box): number {
  const x = a.left + a.width / 2 - (b.left + b.width / 2);
  const y = a.top + a.height / 2 - (b.top + b.height / 2);
  return x * x + y * y;
}
