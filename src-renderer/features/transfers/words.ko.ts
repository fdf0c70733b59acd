/** Korean words of the Transfers page. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  title: '전송',
  empty: '전송이 없습니다',
  'empty.text':
    '이 버전의 Berth에는 세션과 파일을 주고받는 기능이 아직 없습니다. 그때까지는 SFTP나 scp를 쓰세요. 세션의 SSH에서 명령과 키를 얻을 수 있습니다.',
};
