/** Words of recent launches, launch files and links. */
import { defineWords } from '../../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useRecipeWords = defineWords('start.recipes', en, ko);
