import { defineWords } from '../../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useFolderWords = defineWords('start-folders', en, ko);
