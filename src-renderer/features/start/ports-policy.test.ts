import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judgePorts, readPortList } from './ports-policy.ts';

const rows = (...ports: string[]) => ports.map((text) => ({ ports: text, name: '' }));

it('reads ports and ranges, and says what is wrong with others', () => {
  const verdict = judgePorts(
    rows('8080', '9000:9001', '', 'web', '80', '9005:9004', '7681', '8081', '9001', '1000-1030', '65535'),
    5,
    [8081],
  );
  expect(verdict.problems).toEqual([
    null,
    null,
    null,
    'not-a-port',
    'out-of-range',
    'backwards',
    'reserved',
    'taken-by-image',
    'duplicate',
    'out-of-range',
    null,
  ]);
  expect(verdict.ports).toEqual([8080, 9000, 9001, 65535]);
});

it('counts over all rows, and a limit of none allows none', () => {
  expect(judgePorts(rows('8000:8001', '8005', '8006'), 3, []).problems).toEqual([null, null, 'too-many']);
  expect(judgePorts(rows('8000'), 0, []).problems).toEqual(['too-many']);
  expect(judgePorts(rows('1024:65535'), 10, []).problems).toEqual(['too-many']);
});

it('never lets through a port twice, out of range, reserved or beyond the limit', () => {
  const port = fc.integer({ min: 1990, max: 2210 });
  const row = fc.oneof(
    port.map(String),
    fc.tuple(port, port).map(([from, to]) => `${from}:${to}`),
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), fc.nat(12), port, (texts, most, ofImage) => {
      const { ports } = judgePorts(rows(...texts), most, [ofImage]);
      expect(new Set(ports).size).toBe(ports.length);
      expect(ports.length).toBeLessThanOrEqual(most);
      for (const it of [2000, 2001, 2002, 2003, 2200, ofImage]) expect(ports).not.toContain(it);
    }),
  );
});

it('splits a pasted list', () => {
  expect(readPortList(' 8080, 8501\n9000:9003 ').map(({ ports }) => ports)).toEqual(['8080', '8501', '9000:9003']);
});
