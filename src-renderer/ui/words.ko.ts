/** Korean words of the shared parts. */
import type { WordsLike } from '../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  loading: '불러오는 중…',
  seconds: '{{n}}초',
  copy: '복사',
  copied: '복사했습니다',
  find: '찾기',
  clear: '지우기',
  close: '닫기',
  cancel: '취소',
  retry: '다시 시도',
  reload: '새로 고침',
  connectionLost:
    '이 창과 Berth의 연결이 끊겼습니다. 자동으로 다시 연결하는 중이며, 화면의 내용은 최신이 아닐 수 있습니다.',
  'connectionLost.long': 'Berth를 닫았다면 npm start로 다시 시작하고 그때 열리는 주소를 사용하세요.',
  otherVersion: 'Berth가 업데이트되었습니다. 이 창을 새로 고치면 새 버전으로 계속할 수 있습니다.',
  'error.where': '위치: {{place}}',
  'error.whereAt': '위치: {{place}} ({{host}})',
  'error.auto': 'Berth가 자동으로 다시 시도합니다.',
  'error.details': '자세히',
  'error.copyDetails': '자세한 내용 복사',
  'place.computer': '이 컴퓨터',
  'place.proxy': '사이트로 가는 길의 프록시',
  'place.site': '사이트',
  'place.manager': '사이트의 매니저',
  'place.agent': '세션을 실행하는 서버',
  'place.storage': '사이트의 저장소',
  'place.container': '세션의 컨테이너',
  'place.service': '세션 안의 서비스',
};
