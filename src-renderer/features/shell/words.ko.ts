/** Korean words of the main window's frame. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  main: '주 메뉴',
  sessions: '세션',
  folders: '폴더',
  transfers: '전송',
  ports: '포트',
  settings: '설정',
  account: '사이트와 계정: {{site}}, {{label}}',
  accounts: '사이트와 계정',
  addAnother: '다른 계정 추가…',
  signOut: '로그아웃…',
  'signOut.title': '{{site}}에서 로그아웃할까요?',
  'signOut.text': 'Berth가 {{label}}의 비밀 키를 지우고 이 계정의 터미널과 앱 창을 닫습니다. 세션은 계속 실행됩니다.',
  'signOut.do': '로그아웃',
  cancel: '취소',
  connecting: 'Berth에 연결하는 중…',
  'state.connecting': '로그인하는 중…',
  'state.signed-in': '로그인됨',
  'state.signed-out': '로그아웃됨',
  'state.unreachable': '연결할 수 없음',
  'state.locked': '키체인 잠김',
  signedOut: '{{site}}에서 로그아웃되었습니다. 화면의 내용은 최신이 아닐 수 있습니다.',
  signInAgain: '다시 로그인',
  locked: '이 컴퓨터의 키체인이 잠겨 있어 {{site}}에 로그인할 수 없습니다.',
  tryAgain: '다시 시도',
  memoryOnly: '이 컴퓨터에는 Berth가 쓸 수 있는 키체인이 없습니다. Berth를 닫으면 다시 로그인해야 합니다.',
  understood: '알겠습니다',
  'hostKey.title': '{{session}}의 호스트 키가 바뀌었습니다',
  'hostKey.what':
    '호스트 키는 Berth가 전과 같은 컨테이너에 연결되었음을 증명합니다. 지금은 다른 키가 보여 Berth가 연결을 멈췄습니다.',
  'hostKey.harmless': '컨테이너를 다시 시작했거나 사이트가 컨테이너를 바꾼 경우라면 문제가 없습니다.',
  'hostKey.harmful':
    '다시 시작한 적이 없다면 중간에서 누군가 엿보고 있을 수 있습니다. 계속하기 전에 사이트 관리자에게 문의하세요.',
  'hostKey.before': '지금까지의 키',
  'hostKey.now': '지금 보이는 키',
  'hostKey.stay': '연결하지 않기',
  'hostKey.accept': '이전 키를 지우고 연결',
};
