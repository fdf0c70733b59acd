/** Korean words of the Ports page. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  title: '포트',
  loading: '열려 있는 연결을 확인하는 중…',
  intro: '세션마다 연결 하나로 터미널과 앱을 모두 주고받습니다. 이 컴퓨터의 다른 프로그램은 세션에 접근할 수 없습니다.',
  'column.session': '세션',
  'column.state': '연결',
  'column.terminals': '터미널',
  'column.apps': '앱',
  'column.traffic': '받음 / 보냄',
  'column.controls': '동작',
  look: '확인하기…',
  chooseKey: '키 고르기…',
  none: '없음',
  empty: '연결이 없습니다',
  'empty.text': '터미널이나 앱을 열면 그 세션의 연결과 상태가 여기에 나타납니다.',
};
