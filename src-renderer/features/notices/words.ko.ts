/** Korean words of notices. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  show: '세션 보기',
  dismiss: '닫기',
  allow: '이 창 밖에서도 알림 받기',
  more_one: '알림 {{count}}개 더',
  more_other: '알림 {{count}}개 더',
};
