import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heightPx, lastTop, maxHeightPx, placeOf, type ScrollPlace, scrolledTo } from './scroll-policy.ts';

const short = { lines: 1000, rowPx: 18, viewPx: 600 };
const long = { lines: 5_000_000, rowPx: 18, viewPx: 600 };

test('a short list scrolls like an ordinary element', () => {
  expect(scrolledTo({ scrollTop: 0, top: 0 }, 90, short)).toEqual({ scrollTop: 90, top: 5 });
  expect(placeOf(5, short)).toEqual({ scrollTop: 90, top: 5 });
  expect(heightPx(short)).toBe(18_000);
});

test('a long one moves by the pixel in small steps, by its share in large ones, and reaches both ends', () => {
  expect(heightPx(long)).toBe(maxHeightPx);
  const middle = placeOf(2_500_000, long);
  const step = scrolledTo(middle, middle.scrollTop + 36, long);
  expect(step.top).toBeCloseTo(2_500_002);
  const drag = scrolledTo(step, maxHeightPx * 0.75, long);
  expect(drag.top / long.lines).toBeCloseTo(0.75, 3);
  expect(scrolledTo(drag, maxHeightPx - 600, long).top).toBe(lastTop(long));
  expect(scrolledTo(drag, 0, long).top).toBe(0);
});

test('whatever one does, the top line is one of the list, and the bar can be set to where it is', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (shares) => {
      let place: ScrollPlace = { scrollTop: 0, top: 0 };
      for (const share of shares) {
        place = scrolledTo(place, share * (maxHeightPx - long.viewPx), long);
        expect(place.top).toBeGreaterThanOrEqual(0);
        expect(place.top).toBeLessThanOrEqual(lastTop(long));
        expect(placeOf(place.top, long).top).toBeCloseTo(place.top);
      }
    }),
  );
});
