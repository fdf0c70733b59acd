/**
 * What the doctor found, in the language on screen: the report has it in English, as it is copied. Whatever has no words
 * here (names, numbers, addresses) is shown as it is.
 */
import type { DoctorStep } from '../../../src-preload/contract/doctor.ts';
import type { Translate } from '../../i18n/words.ts';
import { en } from './words.en.ts';

type Words = keyof typeof en;

/** The key of a text: `fact.valid-until`, `value.the-environment-sets-none`. */
function keyOf(kind: 'fact' | 'value', text: string): Words | undefined {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const key = `${kind}.${slug}`;
  return isWords(key) && en[key] === text ? key : undefined;
}

function isWords(key: string): key is Extract<Words, `fact.${string}` | `value.${string}`> {
  return key in en;
}

/** One line. */
export function factLine(facts: DoctorStep['facts'], t: Translate<typeof en>): string {
  const say = (kind: 'fact' | 'value', text: string) => {
    const key = keyOf(kind, text);
    return key !== undefined && isWords(key) ? t(key) : text;
  };
  return Object.entries(facts)
    .map(([name, value]) => `${say('fact', name)}: ${say('value', value)}`)
    .join(' · ');
}
