/** Korean words of the doctor. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  title: '연결 확인',
  hint: 'Berth가 사이트까지의 길을 한 단계씩 따라가며 어디가 막혔는지 알려 줍니다. 보고서에는 비밀 값이 없습니다.',
  'step.proxy': '프록시',
  'step.name': '이름',
  'step.tcp': '포트',
  'step.tls': '암호화',
  'step.answer': '응답하는 것',
  'step.version': '버전',
  'step.clock': '시계',
  'step.sign-in': '로그인',
  'step.events': '이벤트',
  'step.tunnel': '세션으로 가는 길',
  'state.ok': '정상',
  'state.warning': '정상이지만 확인 필요',
  'state.failed': '실패',
  'state.not-tried': '확인하지 않음',
  'state.now': '확인하는 중',
  'state.listening': '살아 있다는 신호를 기다리는 중. 사이트는 15초마다 신호를 보냅니다',
  seconds: '{{s}}초',
  time: '{{ms}}밀리초',
  walking: '{{endpoint}} 확인 중…',
  good: '확인한 모든 것이 정상입니다.',
  bad: '먼저 여기를 보세요: {{step}}.',
  again: '다시 확인',
  copy: '보고서 복사',
  steps: '길의 단계',
};
