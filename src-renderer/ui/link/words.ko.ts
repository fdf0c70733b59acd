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
  noSsh: 'SSH 없이. 이 세션에는 SSH가 없음',
  for: '{{state}}, {{time}}째',
  nextTry: '{{time}} 뒤에 다시 시도',
  newIn: '{{time}} 뒤에 새로 연결',
  tryingNow: '지금 다시 시도하는 중',
  tryNow: '지금 시도',
  connection: '연결: {{state}}',
  detour: '{{service}}은(는) {{way}} 연결됩니다. {{why}}.',
  'way.site': '사이트를 거쳐 연결마다 웹소켓 하나로',
  'way.app-proxy': '사이트의 앱 프록시를 거쳐',
  'why.no-ssh': '이 세션에는 SSH 서비스가 없습니다',
  'why.no-key': '세션이 받아들이는 SSH 키가 Berth에 없습니다',
  'why.ssh-unusable': '세션의 SSH 서버와 Berth가 함께 쓸 수 있는 알고리즘이 없습니다',
  'why.forward-refused': '세션의 SSH 서버가 포트 전달을 허용하지 않습니다',
  'why.not-on-loopback': '서비스가 컨테이너의 루프백 주소에서 응답하지 않습니다',
  'why.no-websocket': '가는 길의 무언가가 웹소켓을 통과시키지 않습니다',
  'why.site-refused': '사이트가 직접 연결을 거절했습니다',
  'why.rate-limited': '사이트가 지금은 직접 연결을 더 받지 않습니다',
};
