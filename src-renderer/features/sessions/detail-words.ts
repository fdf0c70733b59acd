/** Hook for the words of the detail panel. */
import { defineWords } from '../../i18n/words.ts';
import { en } from './detail-words.en.ts';
import { ko } from './detail-words.ko.ts';

export const useDetailWords = defineWords('detail', en, ko);
export type DetailWords = ReturnType<typeof useDetailWords>;
