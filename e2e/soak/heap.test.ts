import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

/** Keeps twelve small things in each of three ways, and takes others for as many that it gives up. */
const program = `
  const { writeHeapSnapshot } = require('node:v8');
  class Ticket { constructor(at) { this.at = at; } }
  class Ward { constructor() { this.listeners = new Set(); } }
  const ward = globalThis.ward = new Ward();
  class Coat {}
  const change = () => { globalThis.coats = Array.from({ length: 12 }, () => new Coat()); };
  change();
  const work = (times) => {
    for (let at = 0; at < times; at++) {
      ward.listeners.add(() => at);
      (ward.tickets ??= []).push(new Ticket(at));
      (ward.notes ??= []).push({ at });
    }
  };
  work(1);
  writeHeapSnapshot(process.argv[1]);
  work(12);
  change();
  writeHeapSnapshot(process.argv[2]);
`;

it('finds what gathers, also without a name of its own, and not what takes the place of another', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-heap-'));
  try {
    const [first = '', second = ''] = ['1', '2'].map((name) => join(folder, `${name}.heapsnapshot`));
    execFileSync(process.execPath, ['-e', program, first, second]);
    const [before, after] = [new Heap(first), new Heap(second)];
    const grown = after.grownSince(before, 12);
    expect(grown.filter((line) => line.includes('Ward.'))).toEqual([
      expect.stringMatching(/^12 more: .*Ward\.(listeners|tickets|notes)/),
      expect.stringMatching(/^12 more: .*Ward\.(listeners|tickets|notes)/),
      expect.stringMatching(/^12 more: .*Ward\.(listeners|tickets|notes)/),
      expect.stringMatching(/^12 more: object system \/ Context < closure .*Ward\.listeners/),
    ]);
    expect(grown).toContain('12 more: object Ticket');
    expect(grown.join('\n')).not.toContain('Coat');
    expect(after.grownSince(after, 1)).toEqual([]);
    expect(after.bytes - before.bytes).toBeLessThan(100_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
