import { defineWords } from '../../i18n/words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useDoctorWords = defineWords('doctor', en, ko);
