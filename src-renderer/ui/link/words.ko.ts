/** Korean words for the state of a session's connection, wherever it is shown. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  connecting: '연결하는 중',
  up: '연결됨',
  degraded: '연결되었지만 응답이 늦음',
  lost: '끊김',
  'waiting-for-network': '네트워크를 기다리는 중',
  'signing-in': '로그인을 기다리는 중',
  idle: '쓰지 않아 끊음. 다시 쓰면 연결됨',
  failed: '실패',
  hostKey: '호스트 키가 바뀌어 멈춤',
  for: '{{state}}, {{time}}째',
  nextTry: '{{time}} 뒤에 다시 시도',
  newIn: '{{time}} 뒤에 새로 연결',
  tryingNow: '지금 다시 시도하는 중',
  tryNow: '지금 시도',
  connection: '연결: {{state}}',
};
