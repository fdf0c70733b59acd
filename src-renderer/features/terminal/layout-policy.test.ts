import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeTab,
  addTab,
  allPanes,
  arrange,
  closePane,
  closeTab,
  firstLayout,
  focusPane,
  focusSide,
  type Layout,
  maxPanes,
  moveTab,
  panesOf,
  readLayout,
  renameTab,
  resizeSide,
  setRatio,
  showTab,
  splitPane,
  stepTab,
  takeIn,
} from './layout-policy.ts';

const name = (count: number) => `pane${String(count).padStart(4, '0')}`;

/** Carries any list of numbers out as changes. */
function change(layout: Layout, numbers: readonly number[], made: () => string): Layout {
  const [kind = 0, a = 0, b = 0] = numbers;
  const panes = allPanes(layout);
  const pane = panes[a % Math.max(1, panes.length)] ?? '';
  const side = (['left', 'right', 'up', 'down'] as const)[b % 4] ?? 'left';
  switch (kind % 12) {
    case 0:
      return addTab(layout, made());
    case 1:
    case 2:
      return splitPane(layout, pane, b % 2 ? 'row' : 'column', made());
    case 3:
      return panes.length > 1 ? closePane(layout, pane) : layout;
    case 4:
      return layout.tabs.length > 1 ? closeTab(layout, a % layout.tabs.length) : layout;
    case 5:
      return showTab(layout, a % 12);
    case 6:
      return stepTab(layout, b % 2 ? 1 : -1);
    case 7:
      return focusPane(layout, pane);
    case 8:
      return focusSide(layout, side);
    case 9:
      return resizeSide(layout, side);
    case 10:
      return moveTab(layout, a % layout.tabs.length, b % layout.tabs.length);
    default:
      return b % 2 ? setRatio(layout, [a % 2 === 0, b % 4 === 0], a / 50) : renameTab(layout, a % 4, ' n'.repeat(b));
  }
}

describe('a layout', () => {
  it('stays whole whatever is done to it', () => {
    const step = fc.tuple(fc.nat(11), fc.nat(100), fc.nat(100));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let count = 1;
        let layout = firstLayout(name(0));
        for (const numbers of steps) {
          layout = change(layout, numbers, () => name(count++));
          const panes = allPanes(layout);
          expect(new Set(panes).size).toBe(panes.length);
          expect(panes.length).toBeLessThanOrEqual(maxPanes);
          for (const tab of layout.tabs) {
            expect(panesOf(tab.root)).toContain(tab.focus);
            const { panes: placed, dividers } = arrange(tab.root);
            expect(placed.map((it) => it.pane)).toEqual(panesOf(tab.root));
            expect(dividers).toHaveLength(placed.length - 1);
            const area = placed.reduce((sum, { box }) => sum + box.width * box.height, 0);
            expect(area).toBeCloseTo(1, 6);
          }
          expect(activeTab(layout)).toBeDefined();
          // What is kept over a reload comes back as it was.
          expect(readLayout(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
        }
      }),
    );
  });

  it('keeps every tab, the order of the others and the one that is shown when one is moved', () => {
    const count = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(count, fc.nat(), fc.nat(), fc.nat(), (tabs, a, b, c) => {
        let layout = firstLayout(name(0));
        for (let at = 1; at < tabs; at += 1) layout = addTab(layout, name(at));
        layout = showTab(layout, c % tabs);
        const [from, to] = [a % tabs, b % tabs];
        const moved = moveTab(layout, from, to);
        expect(moved.tabs[to]).toBe(layout.tabs[from]);
        expect(activeTab(moved)).toBe(activeTab(layout));
        const others = ({ tabs: all }: Layout) => all.filter((it) => it !== layout.tabs[from]);
        expect(others(moved)).toEqual(others(layout));
      }),
    );
  });

  it('takes a tab of another window in at its end, unless it is there already or there is no room', () => {
    const [tab] = splitPane(firstLayout('aaaa'), 'aaaa', 'row', 'bbbb').tabs;
    if (!tab) throw new Error('No tab');
    const here = addTab(firstLayout('cccc'), 'dddd');
    const taken = takeIn(here, tab);
    expect(taken).toEqual({ tabs: [...here.tabs, tab], active: 2 });
    expect(taken && takeIn(taken, tab)).toBeNull();
    let full = firstLayout(name(0));
    while (allPanes(full).length < maxPanes - 1) full = addTab(full, name(allPanes(full).length));
    expect(takeIn(full, tab)).toBeNull();
  });

  it('gives the keys to who takes the place', () => {
    let layout = splitPane(firstLayout('aaaa'), 'aaaa', 'row', 'bbbb');
    layout = splitPane(layout, 'bbbb', 'column', 'cccc');
    expect(activeTab(layout)?.focus).toBe('cccc');
    expect(activeTab(focusSide(layout, 'left'))?.focus).toBe('aaaa');
    expect(activeTab(focusSide(layout, 'up'))?.focus).toBe('bbbb');
    expect(activeTab(focusSide(layout, 'down'))?.focus).toBe('cccc');
    expect(activeTab(closePane(layout, 'cccc'))?.focus).toBe('bbbb');
    const wider = resizeSide(layout, 'left');
    expect(arrange(activeTab(wider)?.root ?? { pane: '' }).panes[0]?.box.width).toBeCloseTo(0.45);
    expect(closePane(firstLayout('aaaa'), 'aaaa').tabs).toEqual([]);
  });

  it.each([
    null,
    [],
    { tabs: [], active: 0 },
    { tabs: [{ root: { pane: 'aaaa' }, focus: 'bbbb', name: null }], active: 0 },
    { tabs: [{ root: { pane: '../x' }, focus: '../x', name: null }], active: 0 },
    { tabs: [{ root: { pane: 'aaaa' }, focus: 'aaaa', name: null }], active: 1 },
    { tabs: Array(2).fill({ root: { pane: 'aaaa' }, focus: 'aaaa', name: null }), active: 0 },
    {
      tabs: [
        { root: { direction: 'row', ratio: 2, first: { pane: 'aaaa' }, second: { pane: 'bbbb' } }, focus: 'aaaa' },
      ],
      active: 0,
    },
  ])('that was not kept by this page is not used: %j', (value) => expect(readLayout(value)).toBeNull());
});
