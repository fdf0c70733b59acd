/**
 * Typed words: each feature brings `words.en.ts` and `words.ko.ts` and gets a hook whose keys and placeholders are
 * checked by the compiler.
 *
 *     const useWords = defineWords('ports', en, ko);
 *     const t = useWords();
 *     t('terminals', { count: 2 });
 */
import i18next from 'i18next';
import { createContext, createElement, type ReactNode, useContext } from 'react';
import { useTranslation } from 'react-i18next';
// Not only for its type: i18next must have been started before words are added.
import './language.ts';
import type { Language } from './language.ts';

/** The other language's words: the same keys, any text. */
export type WordsLike<E> = { readonly [K in keyof E]: string };

type Plural<K> = K extends `${infer Base}_one` ? Base : K extends `${string}_other` ? never : K;
type Key<E> = Plural<keyof E & string>;
type Text<E, K extends string> = K extends keyof E
  ? E[K]
  : `${K}_other` extends keyof E
    ? E[`${K}_other` & keyof E]
    : never;
type Holes<S> = S extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Holes<Rest> : never;
type Values<E, K extends string> = Record<Holes<Text<E, K>>, string | number> &
  (K extends keyof E ? unknown : { count: number });
type Arguments<E, K extends string> = K extends keyof E
  ? [Holes<Text<E, K>>] extends [never]
    ? []
    : [Values<E, K>]
  : [Values<E, K>];

export type Translate<E> = <K extends Key<E>>(key: K, ...values: Arguments<E, K>) => string;

/** The language on screen. Read from react-i18next once, at the top: its own hook is too dear for each cell of a list. */
const LanguageContext = createContext<Language>('en');

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const { i18n } = useTranslation();
  return createElement(LanguageContext, { value: i18n.language === 'ko' ? 'ko' : 'en' }, children);
}

/** Rerenders when the language changes. */
export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** Words without values never change; looking them up for each cell of a list adds up. */
function remembering<E>(translate: Translate<E>): Translate<E> {
  const known = new Map<string, string>();
  return (key, ...values) => {
    if (values.length > 0) return translate(key, ...values);
    const text = known.get(key) ?? translate(key, ...values);
    known.set(key, text);
    return text;
  };
}

/** Adds a feature's words under `namespace` and gives its hook. Plural keys end in `_one` and `_other`. */
export function defineWords<const E extends Readonly<Record<string, string>>>(
  namespace: string,
  en: E,
  ko: WordsLike<E>,
): () => Translate<E> {
  i18next.addResourceBundle('en', namespace, en);
  i18next.addResourceBundle('ko', namespace, ko);
  const translators = {
    en: remembering(i18next.getFixedT('en', namespace) as unknown as Translate<E>),
    ko: remembering(i18next.getFixedT('ko', namespace) as unknown as Translate<E>),
  };
  return function useWords() {
    return translators[useLanguage()];
  };
}
