/** Hook for the words of ending sessions. */
import { defineWords } from '../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useWords = defineWords('terminate', en, ko);
export type Words = ReturnType<typeof useWords>;
