import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url);

/** Every folder that brings words. */
const folders = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((it) => it.endsWith('words.en.ts') || it.endsWith('words.ko.ts'))
  .map((it) => it.replace(/words\.(en|ko)\.ts$/, ''))
  .filter((it, index, all) => all.indexOf(it) === index);

async function words(folder: string, language: 'en' | 'ko'): Promise<Record<string, string>> {
  const module: Record<string, unknown> = await import(new URL(`${folder}words.${language}.ts`, root).href);
  return module[language] as Record<string, string>;
}

const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((it) => it[1]).sort();

describe('words', () => {
  it('are found', () => expect(folders.length).toBeGreaterThan(8));

  it.each(folders)('%s: both languages have the same keys and placeholders', async (folder) => {
    const en = await words(folder, 'en');
    const ko = await words(folder, 'ko');
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      expect(text.trim(), key).not.toBe('');
      expect(ko[key]?.trim(), key).not.toBe('');
      expect(holes(ko[key] ?? ''), key).toEqual(holes(text));
    }
  });

  it.each(folders)('%s: no English sentence is left in Korean', async (folder) => {
    const left = Object.entries(await words(folder, 'ko')).filter(
      ([, text]) => !/\p{Script=Hangul}/u.test(text) && /[a-z]{3,} [a-z]{2,} [a-z]{2,}/i.test(text),
    );
    expect(left).toEqual([]);
  });

  it.each(folders)('%s: no exclamation marks', async (folder) => {
    for (const text of [...Object.values(await words(folder, 'en')), ...Object.values(await words(folder, 'ko'))]) {
      expect(text).not.toMatch(/!/);
    }
  });
});
