/** Hook for the words of the overview. */
import { defineWords } from '../../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useOverviewWords = defineWords('overview', en, ko);
export type OverviewWords = ReturnType<typeof useOverviewWords>;
