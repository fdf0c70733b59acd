/** Korean words of the first window. */
import type { WordsLike } from '../../i18n/words.ts';
import type { en } from './words.en.ts';

export const ko: WordsLike<typeof en> = {
  what: 'Backend.AI의 연산 세션을 시작하고, 지켜보고, 바로 들어가 쓰세요. 노트북과 터미널, 파일을 세션마다 하나의 연결로 다룹니다.',
  trySandbox: '로컬 샌드박스 써 보기',
  sandboxHint:
    '이 컴퓨터에서 작은 Backend.AI를 띄웁니다. 세션은 평범한 프로세스로 실행되며, 계정도 네트워크도 필요 없습니다. 다만 Jupyter가 없으면 처음 한 번 내려받습니다.',
  sandboxStarting: '이 컴퓨터에서 샌드박스를 시작하는 중…',
  signIn: '로그인',
  signingIn: '사이트에 확인하는 중…',
  cancel: '취소',
  endpoint: '엔드포인트',
  endpointHint: '사이트의 API 주소. 예: https://api.example.com',
  accessKey: '액세스 키',
  secretKey: '비밀 키',
  secretCleared: 'Berth는 시도할 때마다 비밀 키를 지웁니다. 다시 붙여 넣으세요.',
  needEndpoint: '사이트의 주소를 입력하세요.',
  needAccessKey: '계정의 액세스 키를 입력하세요.',
  needSecretKey: '액세스 키와 짝이 되는 비밀 키를 입력하세요.',
  usedBefore: '전에 쓴 주소:',
  'probe.asking': '응답하는지 확인하는 중…',
  'probe.api': 'Backend.AI {{manager}}이(가) 응답합니다.',
  'probe.session':
    'Backend.AI {{manager}}이(가) 응답하지만 웹 서버를 거친 주소입니다. Berth에는 API 주소가 필요합니다.',
  'keep.os': '비밀 키는 이 컴퓨터의 키체인에 보관합니다.',
  'keep.chosen': '선택한 대로 비밀 키를 메모리에만 두고 Berth를 닫으면 지웁니다.',
  'keep.memory': '이 컴퓨터에는 Berth가 쓸 수 있는 키체인이 없어, 비밀 키를 메모리에만 두고 Berth를 닫으면 지웁니다.',
};
