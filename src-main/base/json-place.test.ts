import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonFault, placeIn } from './json-place.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it('agrees with JSON.parse on what is JSON, also after a change somewhere', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', ']', ':', '\\', '0', '\u0007'),
      (json, where, put) => {
        const at = where % (json.length + 1);
        for (const text of [json, json.slice(0, at) + put + json.slice(at + 1), json.slice(0, at)]) {
          expect(jsonFault(text) === null, text).toBe(isJson(text));
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('points at the first character that cannot stand there', () => {
  expect(jsonFault('{"a": }')).toBe(6);
  expect(jsonFault('{"a": 1,}')).toBe(8);
  expect(jsonFault('[1 2]')).toBe(3);
  expect(jsonFault('')).toBe(0);
  expect(jsonFault('{"a": 1} x')).toBe(9);
  expect(placeIn('{\n  "a": }', 9)).toEqual({ line: 2, column: 8 });
});
