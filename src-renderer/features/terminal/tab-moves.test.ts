import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstLayout, type Tab } from './layout-policy.ts';
import { type OtherWindow, receiveTab, TabMoves } from './tab-moves.ts';

const tab: Tab = { ...(firstLayout('aaaa').tabs[0] as Tab), name: 'build' };

describe('windows that hand tabs to each other', () => {
  let name = 0;
  let close: (() => void)[];
  const channel = () => {
    const made = new BroadcastChannel(`test-${process.pid}-${name}`);
    close.push(() => made.close());
    return made;
  };
  const until = async (is: () => boolean) => {
    await expect.poll(is).toBe(true);
  };
  const open = (id: string, hasRoom = true) => {
    const seen = { others: [] as readonly OtherWindow[], taken: [] as Tab[] };
    const moves = new TabMoves({
      channel: channel(),
      id,
      onOthers: (others) => {
        seen.others = others;
      },
      onOffer: (it) => {
        if (hasRoom) seen.taken.push(it);
        return hasRoom;
      },
    });
    return { moves, seen };
  };

  beforeEach(() => {
    name += 1;
    close = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    for (const it of close) it();
  });

  it('know of each other, whoever came first, until one closes', async () => {
    const one = open('one');
    one.moves.tell('Terminal 1', 1);
    const two = open('two');
    two.moves.tell('build', 3);
    await until(() => one.seen.others.length === 1 && two.seen.others.length === 1);
    expect(one.seen.others).toEqual([{ id: 'two', title: 'build', panes: 3 }]);
    expect(two.seen.others).toEqual([{ id: 'one', title: 'Terminal 1', panes: 1 }]);
    two.moves.dispose();
    await until(() => one.seen.others.length === 0);
  });

  it('give a tab to the one that is meant, which has it before the other lets go', async () => {
    const [one, two, three] = [open('one'), open('two'), open('three')];
    expect(await one.moves.give(tab, 'm1', 'two')).toBe(true);
    expect(two.seen.taken).toEqual([tab]);
    expect(three.seen.taken).toEqual([]);
  });

  it('keep the tab where there is no room, or nobody', async () => {
    const one = open('one');
    open('two', false).moves.tell('full', 24);
    await until(() => one.seen.others.length === 1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const given = one.moves.give(tab, 'm1', 'two');
    vi.advanceTimersByTime(3_000);
    expect(await given).toBe(false);
    expect(one.seen.others).toEqual([]);
  });

  it('give it to a window that was opened for it, once that shows it', async () => {
    const one = open('one');
    const given = one.moves.give(tab, 'm1', null);
    const received = await receiveTab(channel(), 'new', 'm1');
    expect(received?.tab).toEqual(tab);
    let isSettled = false;
    void given.then(() => {
      isSettled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    received?.taken();
    expect(await given).toBe(true);
    // A second window with the same address, such as a reloaded one, gets nothing.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const again = receiveTab(channel(), 'again', 'm1');
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(3_000);
    expect(await again).toBeNull();
  });
});
