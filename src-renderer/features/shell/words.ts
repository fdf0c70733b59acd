/** Hook for the words of the frame. */
import { defineWords } from '../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useShellWords = defineWords('shell', en, ko);
