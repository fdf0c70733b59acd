/** i18next with the words of all features; languages are English and Korean. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

/** Started on import, because features add their words while their modules load. */
void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  // React escapes by itself.
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});

/** `system` follows the browser's first language that Berth speaks. */
export function resolveLanguage(wanted: 'system' | Language): Language {
  if (wanted !== 'system') return wanted;
  for (const tag of navigator.languages) {
    const base = tag.slice(0, 2).toLowerCase();
    if (base === 'ko' || base === 'en') return base;
  }
  return 'en';
}

export function startWords(wanted: 'system' | Language): void {
  const language = resolveLanguage(wanted);
  document.documentElement.lang = language;
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
