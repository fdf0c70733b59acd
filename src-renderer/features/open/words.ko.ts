/** Korean words of the page that an app window begins on. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  heading: '{{service}} 여는 중',
  'heading.unnamed': '앱 여는 중',
  asking: '서비스로 가는 길을 Berth에 묻는 중…',
  connecting: '세션에 연결하는 중…',
  lost: '연결이 끊겨 다시 시도하는 중…',
  noNetwork: '이 컴퓨터에 네트워크가 없습니다. 연결되면 앱이 열립니다.',
  signIn: '사이트에서 로그아웃되었습니다. Berth 기본 창에서 다시 로그인하면 앱이 열립니다.',
  ready: '연결되었습니다. 서비스를 여는 중…',
  refusedAddress: 'Berth가 열 수 없는 주소를 받았습니다.',
  forSession: '세션 {{session}}',
};
