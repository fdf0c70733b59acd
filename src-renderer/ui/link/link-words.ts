/** The state of a session's connection in words: how it is and since when, what comes next, and why. */
import type { Link } from '../../../src-preload/contract/links.ts';
import { defineWords, useLanguage } from '../../i18n/words.ts';
import { useErrorSentences } from '../errors/sentences.ts';
import { shortDuration } from '../format.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useLinkTexts = defineWords('link', en, ko);

export interface LinkWords {
  readonly kind: 'good' | 'waits' | 'bad' | 'plain';
  readonly state: string;
  /** When it is tried again, and why it has to be; null: there is nothing more to say. */
  readonly next: string | null;
  readonly cause: string | null;
}

/** Whether asking for a try now may help. */
export function canTryNow({ state, error }: Link): boolean {
  // Neither changes by itself: one waits for a decision, the other is how the environment was made.
  if (error?.code === 'host-key-changed' || error?.code === 'no-ssh-service') return false;
  return state === 'failed' || state === 'waiting-for-network' || (state === 'connecting' && error !== undefined);
}

function kindOf(link: Link): LinkWords['kind'] {
  if (link.state === 'up') return 'good';
  if (link.state === 'degraded' || link.state === 'waiting-for-network' || link.state === 'signing-in') return 'waits';
  return link.error ? 'bad' : 'plain';
}

/** A function, so that a list can word many links. `now` in milliseconds since 1970. */
export function useLinkWords(): (link: Link, now: number) => LinkWords {
  const t = useLinkTexts();
  const language = useLanguage();
  const sentences = useErrorSentences();
  return (link, now) => {
    const cause = link.error ? sentences(link.error).what : null;
    if (link.error?.code === 'host-key-changed') return { kind: 'bad', state: t('hostKey'), next: null, cause };
    if (link.error?.code === 'no-ssh-service') return { kind: 'plain', state: t('noSsh'), next: null, cause };
    const isLost = link.state === 'connecting' && link.error !== undefined;
    const time = shortDuration(now - Date.parse(link.since), language);
    const state = link.state === 'idle' ? t('idle') : t('for', { state: t(isLost ? 'lost' : link.state), time });
    const nextMs = link.nextTryAt === null ? null : Date.parse(link.nextTryAt) - now;
    const next =
      nextMs === null
        ? isLost
          ? t('tryingNow')
          : null
        : nextMs > 500
          ? t(link.state === 'degraded' ? 'newIn' : 'nextTry', { time: shortDuration(nextMs + 999, language) })
          : t('tryingNow');
    return { kind: kindOf(link), state, next: [next, cause].filter(Boolean).join(' · ') || null, cause };
  };
}
