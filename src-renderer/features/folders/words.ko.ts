/** Korean words of the Folders page. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  title: '폴더',
  'find.placeholder': '이름이나 호스트로 찾기',
  loading: '사이트에서 폴더 목록을 가져오는 중…',
  'column.name': '이름',
  'column.permission': '내 권한',
  'column.usage': '용도',
  'column.owner': '소유',
  'column.host': '호스트',
  'column.created': '생성',
  'permission.ro': '읽기',
  'permission.rw': '읽기와 쓰기',
  'permission.wd': '읽기, 쓰기, 삭제',
  'usage.general': '파일',
  'usage.model': '모델',
  'usage.data': '파이프라인 데이터',
  'owner.user': '나',
  'owner.group': '프로젝트',
  automatic: '모든 세션에 마운트됨',
  inside: '폴더 안의 내용은 그 폴더를 마운트한 세션이나 사이트의 웹 페이지에서 볼 수 있습니다.',
  gone: '열려던 폴더가 내 폴더에 없습니다. 삭제되었거나 공유되지 않은 폴더입니다.',
  empty: '아직 폴더가 없습니다',
  'empty.text': '폴더의 파일은 세션이 끝나도 남습니다. 세션을 시작할 때 만들고 마운트할 수 있습니다.',
  'empty.find': '“{{text}}”에 맞는 폴더가 없습니다',
};
