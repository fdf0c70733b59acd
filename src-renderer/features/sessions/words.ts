/** Hook for the words of sessions. */
import { defineWords } from '../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useWords = defineWords('sessions', en, ko);
export type Words = ReturnType<typeof useWords>;
