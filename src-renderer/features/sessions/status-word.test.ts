import { expect, it } from 'vitest';
import { infoWord, statusWord } from './status-word.ts';
import { en } from './words.en.ts';
import type { Words } from './words.ts';

const t = ((key: keyof typeof en) => en[key]) as unknown as Words;

it('has words for what it knows, and the site’s own for the rest', () => {
  expect(statusWord(t, { status: 'PULLING' })).toBe('Pulling image');
  expect(statusWord(t, { status: 'HIBERNATING' })).toBe('HIBERNATING');
  expect(infoWord(t, 'RESCHEDULED')).toMatch(/waits again; what was outside mounted folders is gone/);
  for (const info of [null, '', 'user-requested', 'constructor']) expect(infoWord(t, info)).toBeNull();
});
