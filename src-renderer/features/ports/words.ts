/** Words of the Ports page. */
import { defineWords } from '../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useWords = defineWords('ports', en, ko);
