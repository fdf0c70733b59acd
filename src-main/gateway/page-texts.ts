/** The words of the waiting page. It runs outside the renderer, on the service's own host, so it brings its own. */

export type PageLanguage = 'en' | 'ko';

const en = {
  connecting: 'Connecting to the session…',
  starting: 'Starting {title}…',
  ready: 'Opening {title}…',
  entering: 'Opening…',
  seconds: '{seconds} s',
  nextTry: 'Next try in {seconds} s.',
  tryNow: 'Try now',
  /** By the link's state, while it is not up. */
  link: {
    lost: 'The connection to the session is lost. Berth is connecting again…',
    degraded: 'The session is slow to answer.',
    'waiting-for-network': 'This computer has no network. Berth connects again when it is back.',
    'signing-in': 'You are signed out of the site. Sign in again in Berth, and this goes on.',
    failed: 'The connection to the session is lost, and Berth has stopped trying.',
  },
  showLog: 'Show log',
  hideLog: 'Hide log',
  retry: 'Retry',
  emptyLog: 'Nothing yet.',
  noEntry: 'This address works once. Open the app again from Berth.',
  noBerth: 'Berth does not answer. If you closed it, start it again and open the app from there.',
  failed: {
    'service-failed': 'The container could not start {title}. The log has its reason.',
    'service-timeout': 'The container started {title}, but nothing answers there yet.',
    'service-unknown': 'This session has no service of this name.',
    'session-gone': 'The session has ended.',
    'session-not-running': 'The session is not running.',
    'host-key-changed': 'The container shows another host key than before. Berth asks about it in its main window.',
    'key-missing': 'The session holds no SSH key for you. Berth’s Ports page lets you choose one.',
    'key-refused': 'The container refused your SSH key.',
    'signed-out': 'You are signed out of the site. Sign in again in Berth.',
    unauthorised: 'The site refused your keys. Sign in again in Berth.',
    offline: 'The site cannot be reached from this computer.',
    'tunnel-lost': 'The connection to the session is lost.',
    'tunnel-refused': 'The site reached the container, but nothing listens there.',
    'rate-limited': 'The site takes no more requests for the moment. Wait a little, then try again.',
    'app-proxy-failed': 'The site’s app proxy did not open {title}. The log says more.',
    forbidden: 'The site does not let {title} be opened.',
    other: '{title} could not be opened ({code}).',
  },
  steps: {
    connect: 'Connecting to the session',
    connected: 'Connected',
    'no-link': 'No SSH connection to this session',
    'through-site': 'Reached through the site: one of its WebSockets for each connection',
    'through-app-proxy': 'Reached through the site’s own app proxy; its permit stays in Berth',
    launch: 'Asking the container to start the service',
    launched: 'The container says that the service is started',
    silent: 'Nothing answers on port {port} yet',
    answered: 'The service answers',
    lost: 'The service stopped answering',
    failed: 'Failed',
  },
};

export type PageTexts = typeof en;

const ko: PageTexts = {
  connecting: '세션에 연결하는 중…',
  starting: '{title} 시작하는 중…',
  ready: '{title} 여는 중…',
  entering: '여는 중…',
  seconds: '{seconds}초',
  nextTry: '{seconds}초 후 다시 시도합니다.',
  tryNow: '지금 시도',
  link: {
    lost: '세션과의 연결이 끊겼습니다. Berth가 다시 연결하는 중…',
    degraded: '세션의 응답이 늦어지고 있습니다.',
    'waiting-for-network': '이 컴퓨터에 네트워크가 없습니다. 네트워크가 돌아오면 Berth가 다시 연결합니다.',
    'signing-in': '사이트에서 로그아웃되었습니다. Berth에서 다시 로그인하면 이어집니다.',
    failed: '세션과의 연결이 끊겼고 Berth가 시도를 멈췄습니다.',
  },
  showLog: '로그 보기',
  hideLog: '로그 숨기기',
  retry: '다시 시도',
  emptyLog: '아직 내용이 없습니다.',
  noEntry: '이 주소는 한 번만 쓸 수 있습니다. Berth에서 앱을 다시 여세요.',
  noBerth: 'Berth가 응답하지 않습니다. 종료했다면 다시 시작한 뒤 앱을 여세요.',
  failed: {
    'service-failed': '컨테이너가 {title}을(를) 시작하지 못했습니다. 이유는 로그에 있습니다.',
    'service-timeout': '컨테이너가 {title}을(를) 시작했지만 아직 응답이 없습니다.',
    'service-unknown': '이 세션에는 그런 이름의 서비스가 없습니다.',
    'session-gone': '세션이 종료되었습니다.',
    'session-not-running': '세션이 실행 중이 아닙니다.',
    'host-key-changed': '컨테이너의 호스트 키가 이전과 다릅니다. Berth 기본 창에서 확인하세요.',
    'key-missing': '세션에 사용할 SSH 키가 없습니다. Berth의 포트 화면에서 키를 고를 수 있습니다.',
    'key-refused': '컨테이너가 SSH 키를 거부했습니다.',
    'signed-out': '사이트에서 로그아웃되었습니다. Berth에서 다시 로그인하세요.',
    unauthorised: '사이트가 키를 거부했습니다. Berth에서 다시 로그인하세요.',
    offline: '이 컴퓨터에서 사이트에 연결할 수 없습니다.',
    'tunnel-lost': '세션과의 연결이 끊겼습니다.',
    'tunnel-refused': '사이트가 컨테이너에 연결했지만 응답하는 프로그램이 없습니다.',
    'rate-limited': '사이트가 지금은 요청을 더 받지 않습니다. 잠시 후 다시 시도하세요.',
    'app-proxy-failed': '사이트의 앱 프록시가 {title}을(를) 열지 못했습니다. 로그를 확인하세요.',
    forbidden: '사이트가 {title} 열기를 허용하지 않습니다.',
    other: '{title}을(를) 열지 못했습니다 ({code}).',
  },
  steps: {
    connect: '세션에 연결하는 중',
    connected: '연결됨',
    'no-link': '이 세션에는 SSH로 연결할 수 없습니다',
    'through-site': '사이트를 거쳐 연결합니다: 연결마다 웹소켓을 하나씩 씁니다',
    'through-app-proxy': '사이트의 앱 프록시를 거쳐 연결합니다. 허가 정보는 Berth 안에만 있습니다',
    launch: '컨테이너에 서비스 시작을 요청하는 중',
    launched: '컨테이너가 서비스를 시작했다고 알렸습니다',
    silent: '{port}번 포트가 아직 응답하지 않습니다',
    answered: '서비스가 응답합니다',
    lost: '서비스가 응답을 멈췄습니다',
    failed: '실패',
  },
};

export const pageTexts: Readonly<Record<PageLanguage, PageTexts>> = { en, ko };

export type LogStep = keyof PageTexts['steps'];

/** English unless the browser prefers Korean to it. */
export function languageOf(acceptLanguage: string | undefined): PageLanguage {
  let best: { language: PageLanguage; weight: number } = { language: 'en', weight: 0 };
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find((text) => text !== undefined);
    const weight = quality === undefined ? 1 : Number(quality);
    const primary = tag.split('-')[0];
    if ((primary === 'ko' || primary === 'en') && weight > best.weight) best = { language: primary, weight };
  }
  return best.language;
}
