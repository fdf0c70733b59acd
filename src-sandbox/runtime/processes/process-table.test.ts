import { describe, expect, it } from 'vitest';
import { closeOver, type ProcessRow, parseStat, processName, readProcessTable } from './process-table.ts';

const row = (pid: number, parent: number, group = pid, session = pid): ProcessRow => ({
  pid,
  parent,
  group,
  session,
  start: '1',
  cpuTicks: 0,
  rssPages: 0,
});

describe('parseStat', () => {
  it('reads names with spaces and brackets', () => {
    const text = `42 (a) b (c) S 7 8 9 0 -1 4194304 1 0 0 0 100 50 0 0 20 0 1 0 987654 1000 33 18446744073709551615`;
    expect(parseStat(text)).toEqual({
      pid: 42,
      parent: 7,
      group: 8,
      session: 9,
      start: '987654',
      cpuTicks: 150,
      rssPages: 33,
    });
  });

  it('leaves out the dead', () => {
    expect(parseStat('42 (x) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0')).toBeNull();
    expect(parseStat('')).toBeNull();
  });
});

describe('closeOver', () => {
  it('takes children, sessions and groups of members, and nobody else', () => {
    const rows = [
      row(10, 1),
      row(11, 10),
      row(12, 1, 10, 99),
      row(13, 1, 13, 11),
      row(14, 13),
      row(20, 1),
      row(21, 20),
    ];
    expect(closeOver(rows, new Set([10])).map((one) => one.pid)).toEqual([10, 11, 12, 13, 14]);
  });

  it('never takes this process or init', () => {
    const rows = [row(1, 0), row(process.pid, 10), row(10, 1)];
    expect(closeOver(rows, new Set([10])).map((one) => one.pid)).toEqual([10]);
  });
});

describe('the table of this machine', () => {
  it('holds this process', () => {
    if (process.platform !== 'linux') return;
    expect(readProcessTable().some((one) => one.pid === process.pid)).toBe(true);
    expect(processName(process.pid)).toMatch(/^\d+:\d+$/);
    expect(processName(2 ** 22 + 1)).toBeNull();
  });
});
