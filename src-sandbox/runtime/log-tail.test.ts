import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogTail } from './log-tail.ts';

it('keeps exactly the last bytes, however they came', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii', maxLength: 40 })),
      fc.integer({ min: 1, max: 60 }),
      (parts, limit) => {
        const tail = new LogTail(limit);
        parts.forEach((part, index) => {
          tail.append(part);
          if (index % 3 === 0) tail.text();
        });
        expect(tail.text()).toBe(parts.join('').slice(-limit));
      },
    ),
  );
});
