/** Hook for the words of the shared parts. */
import { defineWords } from '../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useUiWords = defineWords('ui', en, ko);
