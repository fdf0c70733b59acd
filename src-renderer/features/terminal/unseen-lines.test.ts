import { expect, test } from 'vitest';
import { UnseenLines } from './unseen-lines.ts';

test('few short lines are enough, the screen after a past is none, and asking has its pace', () => {
  let now = 0;
  const unseen = new UnseenLines(() => now);
  unseen.wrote(23);
  expect(unseen.mayBe(24, 0)).toBe(false);
  unseen.wrote(1);
  expect(unseen.mayBe(24, 2000)).toBe(true);

  unseen.asked();
  unseen.wrote(100_000);
  now = 2900;
  expect(unseen.mayBe(24, 2000)).toBe(false);
  unseen.madeWhole();
  unseen.wrote(1500);
  now = 3400;
  expect(unseen.mayBe(24, 0)).toBe(false);

  unseen.wrote(60);
  now = 5000;
  expect(unseen.mayBe(24, 2000)).toBe(true);
  unseen.asked();
  unseen.madeWhole();
  now = 6000;
  unseen.wrote(60);
  expect(unseen.mayBe(24, 2000)).toBe(false);
  expect(unseen.mayBe(24, 0)).toBe(true);
});
