/** Korean words of the page that an app window begins on. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  heading: '{{service}} 여는 중',
  'heading.unnamed': '앱 여는 중',
  asking: '서비스로 가는 길을 Berth에 묻는 중…',
  connecting: '세션에 연결하는 중…',
  lost: '연결이 끊겨 다시 시도하는 중…',
  ready: '연결되었습니다. 서비스를 여는 중…',
  refusedAddress: 'Berth가 열 수 없는 주소를 받았습니다.',
  forSession: '세션 {{session}}',
};
