/** Hook for the words of what a site keeps of a session. */
import { defineWords } from '../../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useRecordWords = defineWords('sessions.record', en, ko);
export type RecordWords = ReturnType<typeof useRecordWords>;
