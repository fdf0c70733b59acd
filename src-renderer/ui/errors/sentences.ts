/** ErrorValue -> sentences: what happened, where, what to do next. By code and reason only. */
import { CallError } from '../../../src-preload/client.ts';
import { type ErrorValue, situationOf } from '../../../src-preload/contract/errors.ts';
import { defineWords } from '../../i18n/words.ts';
import { useUiWords } from '../words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

export const useErrorWords = defineWords('errors', en, ko);

/** Anything thrown, as a value to show. What is no CallError is a defect. */
export function toErrorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof CallError) return thrown.value;
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { code: 'internal', place: 'computer', retry: 'user', params: {}, detail: detail.slice(0, 8000) };
}

export interface ErrorSentences {
  readonly what: string;
  readonly where: string;
  readonly advice: string;
}

/** A function, so that a list can word many errors. */
export function useErrorSentences(): (error: ErrorValue) => ErrorSentences {
  const t = useErrorWords();
  const ui = useUiWords();
  return (error) => {
    const it = situationOf(error);
    const place = ui(`place.${error.place}`);
    const host = error.params.host;
    return {
      what: t(it),
      where: host === undefined ? ui('error.where', { place }) : ui('error.whereAt', { place, host }),
      advice: error.retry === 'auto' ? `${t(`${it}.do`)} ${ui('error.auto')}` : t(`${it}.do`),
    };
  };
}

/** Everything a helper needs, as text to copy. Error values hold no secrets by contract. */
export function errorDetails(error: ErrorValue): string {
  const lines = [`code: ${error.code}`, `place: ${error.place}`];
  for (const [name, value] of Object.entries(error.params)) lines.push(`${name}: ${value}`);
  if (error.correlation) lines.push(`log id: ${error.correlation}`);
  if (error.detail) lines.push('', error.detail);
  return lines.join('\n');
}
