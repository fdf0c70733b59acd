/** The words of messages that the main process gives to the operating system. */
import { endReason, endWordsEn, endWordsKo } from '../../src-preload/contract/end-words.ts';

export type NoticeLanguage = 'en' | 'ko';

const en = {
  reclaim: (name: string, minutes: number) => `${name} will be ended in ${minutes} min`,
  reclaimSoon: (name: string) => `${name} will be ended in less than a minute`,
  checks: {
    network_timeout: 'nobody has used it. A terminal, an app or a request keeps it.',
    session_lifetime: 'it reaches the greatest age that the site allows. Save what you need; use does not prolong it.',
    utilization: 'it uses too little of what it was given. Work in it keeps it; if you need it no more, end it.',
  } as Readonly<Record<string, string>>,
  check: (name: string) => `of the site’s rule “${name}”.`,
  because: (time: string, why: string) => `At ${time}, because ${why}`,
  ended: (name: string) => `${name} has ended`,
  failed: (name: string) => `${name} has failed`,
  why: (why: string) => `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
  said: (text: string) => `The site says: ${text}`,
  saved: (image: string) => `Image ${image} is saved`,
  savedOf: (name: string) => `Made of ${name}. It is among the environments of a new session.`,
  notSaved: (image: string) => `Image ${image} was not saved`,
  notSavedOf: (name: string) => `${name} was to be saved as an image.`,
};

const ko: typeof en = {
  reclaim: (name, minutes) => `${name}: ${minutes}분 뒤 종료됩니다`,
  reclaimSoon: (name) => `${name}: 1분 안에 종료됩니다`,
  checks: {
    network_timeout: '오래 쓰지 않았습니다. 터미널이나 앱을 쓰면 유지됩니다.',
    session_lifetime: '사이트가 허용하는 최대 사용 시간에 이릅니다. 써도 늘어나지 않으니 필요한 것을 저장하세요.',
    utilization: '할당된 자원을 너무 적게 쓰고 있습니다. 작업하면 유지되고, 필요 없으면 종료하세요.',
  },
  check: (name) => `사이트 규칙 “${name}”에 따른 것입니다.`,
  because: (time, why) => `${time}: ${why}`,
  ended: (name) => `${name}: 세션이 끝났습니다`,
  failed: (name) => `${name}: 세션이 실패했습니다`,
  why: (why) => `${why}.`,
  said: (text) => `사이트의 설명: ${text}`,
  saved: (image) => `${image} 이미지를 저장했습니다`,
  savedOf: (name) => `${name} 세션으로 만들었습니다. 새 세션의 환경 목록에 있습니다.`,
  notSaved: (image) => `${image} 이미지를 저장하지 못했습니다`,
  notSavedOf: (name) => `${name} 세션을 이미지로 저장하려 했습니다.`,
};

const words = { en, ko };
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export function reclaimWords(
  language: NoticeLanguage,
  { name, check, at, now }: { name: string; check: string; at: number; now: number },
): { title: string; body: string } {
  const t = words[language];
  const minutes = Math.round((at - now) / 60_000);
  return {
    title: minutes < 1 ? t.reclaimSoon(name) : t.reclaim(name, minutes),
    body: t.because(clock.format(new Date(at)), t.checks[check] ?? t.check(check)),
  };
}

export function endedWords(
  language: NoticeLanguage,
  {
    name,
    kind,
    statusInfo,
    reason,
  }: { name: string; kind: 'ended' | 'failed'; statusInfo: string | null; reason: string | null },
): { title: string; body: string } {
  const t = words[language];
  const known = endReason(statusInfo);
  const why = known === null ? null : (language === 'ko' ? endWordsKo : endWordsEn)[known];
  const said = reason ?? (known === null ? statusInfo : null);
  return {
    title: kind === 'failed' ? t.failed(name) : t.ended(name),
    body: [why === null ? '' : t.why(why), said === null ? '' : t.said(said)].filter((it) => it !== '').join(' '),
  };
}

/** @param image its name, of which session it is, how it went, and what the site said last */
export function imageWords(
  language: NoticeLanguage,
  image: { name: string; of: string; state: 'running' | 'done' | 'failed' | 'cancelled'; said: string },
): { title: string; body: string } {
  const t = words[language];
  if (image.state === 'done') return { title: t.saved(image.name), body: t.savedOf(image.of) };
  const said = image.said === '' ? '' : ` ${t.said(image.said)}`;
  return { title: t.notSaved(image.name), body: `${t.notSavedOf(image.of)}${said}` };
}

/** The language of messages: as set, else as the system has it. */
export function spokenLanguage(
  setting: 'system' | NoticeLanguage,
  locale: string = Intl.DateTimeFormat().resolvedOptions().locale,
): NoticeLanguage {
  if (setting !== 'system') return setting;
  return locale.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
