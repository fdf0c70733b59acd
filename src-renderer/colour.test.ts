import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, shades, textOn } from './colour.ts';

const hex = fc.integer({ min: 0, max: 0xffffff }).map((it) => `#${it.toString(16).padStart(6, '0')}`);

describe('a site’s colour', () => {
  it('always carries readable text, hovered too', () => {
    fc.assert(
      fc.property(hex, (colour) => {
        const ink = textOn(colour);
        expect(contrast(colour, ink)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(shades(colour)[7], ink)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('knows the ends of the scale', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(textOn('#ffffff')).toBe('#000000');
    expect(textOn('#000000')).toBe('#ffffff');
  });
});

describe('global.css', () => {
  const css = readFileSync(new URL('./global.css', import.meta.url), 'utf8');
  /** Variables of the first block of a scheme: the ones without high contrast. */
  const variables = (scheme: string) => {
    const block = css.split(`:root[data-mantine-color-scheme="${scheme}"] {`)[1]?.split('}')[0] ?? '';
    return new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map((it) => [it[1], it[2] ?? '']));
  };

  it.each(['light', 'dark'])('has text contrast of at least 4.5 on every surface (%s)', (scheme) => {
    const values = variables(scheme);
    const inks = [...values.keys()].filter((it) => it?.startsWith('--ink') || it?.startsWith('--status'));
    const surfaces = [...values.keys()].filter((it) => it?.startsWith('--surface') || it === '--warn-surface');
    expect(inks.length).toBeGreaterThan(6);
    expect(surfaces.length).toBeGreaterThan(5);
    const low = inks.flatMap((ink) =>
      surfaces
        .filter((surface) => contrast(values.get(ink) ?? '', values.get(surface) ?? '') < 4.5)
        .map((surface) => `${ink} on ${surface}`),
    );
    expect(low).toEqual([]);
    expect(contrast(values.get('--danger') ?? '', '#ffffff')).toBeGreaterThanOrEqual(4.5);
  });
});
