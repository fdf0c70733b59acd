import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, toCsv, toJson } from './export-policy.ts';
import { makeSession as session } from './testing.ts';

/** A reader of RFC 4180, written from the RFC. */
function read(csv: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let row: string[] = [];
  for (let match = cell.exec(csv); match !== null; match = cell.exec(csv)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('CSV', () => {
  it('has a header, the chosen columns in their order, and amounts as numbers', () => {
    const one = session('1', { name: 'train, "vit"', mounts: ['data', 'out'], live: null });
    const rows = read(toCsv([one], ['folders', 'cpu']).slice(1));
    expect(rows).toEqual([
      ['id', 'name', 'folders', 'cpuCores', 'cpuCoresUsed'],
      ['1', 'train, "vit"', 'data; out', '1', ''],
    ]);
  });

  it('gives back any text it was given, one row a session', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
        const rows = read(
          toCsv(
            names.map((name, index) => session(String(index), { name })),
            [],
          ).slice(1),
        );
        expect(rows).toHaveLength(names.length + 1);
        expect(rows.slice(1).map(([, name]) => name?.replace(/^'(?=\s*[=+\-@\t\r])/, ''))).toEqual(
          names.map((name) => name.replace(/^'(?=\s*[=+\-@\t\r])/, '')),
        );
      }),
    );
  });

  it('formulas are made plain', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =cmd', '\r=1']) {
      expect(read(`${csvCell(text)}\r\n`)[0]?.[0]).toBe(`'${text}`);
    }
    expect(csvCell('a=1')).toBe('a=1');
    expect(csvCell(['=1', 'b'])).toBe('"\'=1; b"');
  });
});

describe('JSON', () => {
  it('is what a program can go on with', () => {
    const one = session('1', { slots: { cpu: '2', 'cuda.shares': '0.5' } });
    expect(JSON.parse(toJson([one], ['cpu', 'gpu', 'created']))).toEqual([
      {
        id: '1',
        name: one.name,
        cpuCores: 2,
        cpuCoresUsed: null,
        accelerators: ['cuda.shares=0.5'],
        createdAt: one.createdAt,
      },
    ]);
  });
});
