/** Korean words of ending sessions. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  title: '{{name}} 세션을 종료할까요?',
  'title.many': '세션 {{n}}개를 종료할까요?',
  'title.forced': '{{name}} 세션을 강제 종료할까요?',
  'title.forced.many': '세션 {{n}}개를 강제 종료할까요?',
  do: '종료',
  cancel: '취소',
  kept: '마운트한 폴더의 파일은 남습니다: {{folders}}',
  lost: '마운트한 폴더 밖의 파일은 사라지고 실행 중인 프로그램은 멈춥니다.',
  allLost: '마운트한 폴더가 없습니다. 세션의 모든 파일이 사라지고 실행 중인 프로그램은 멈춥니다.',
  waiting: '아직 시작하지 않아 사라지는 것이 없습니다.',
  forced:
    '어떤 상태에 있든 사이트가 이 세션을 포기합니다. 아주 오랫동안 아무 변화가 없을 때만 쓰세요. 관리자가 정리해야 할 컨테이너가 남을 수 있습니다.',
};
