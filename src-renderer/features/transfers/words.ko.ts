/** Korean words of the Transfers page. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  title: '전송',
  loading: '옮기는 파일을 확인하는 중…',
  empty: '전송이 없습니다',
  'empty.text':
    '세션을 끝낼 때 보관하는 파일과 그 진행 상황이 여기에 나타납니다. 세션에서 종료를 누르면 사라질 파일을 찾아 보관할지 묻습니다.',
  'column.session': '세션',
  'column.progress': '진행률',
  'column.started': '경과',
  'column.controls': '제어',
  to: '{{folder}}(으)로',
  toMount: '세션의 {{folder}}(으)로',
  thenEnd: '끝나면 세션을 종료',
  pause: '일시 중지',
  resume: '계속',
  retry: '다시 시도',
  cancel: '취소',
  openFolder: '폴더 열기',
  forget: '목록에서 지우기',
};
