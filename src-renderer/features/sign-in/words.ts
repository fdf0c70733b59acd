/** Hook for the words of the first window. */
import { defineWords } from '../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useSignInWords = defineWords('sign-in', en, ko);
