import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factLine } from './fact-words.ts';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

describe('factLine', () => {
  const korean = (key: keyof typeof en) => ko[key];

  it('says what is known in the language on screen, and the rest as it is', () => {
    const facts = { proxy: 'none', why: 'the environment sets none', host: 'api.example.com', novelty: 'x' };
    expect(factLine(facts, korean as never)).toBe(
      '프록시: 없음 · 이유: 환경에 정해진 것이 없음 · 호스트: api.example.com · novelty: x',
    );
  });

  it('has words for every sentence that the doctor can find', () => {
    const source = ['../../../src-main/doctor/doctor.ts', '../../../src-main/backend/doctor-tools.ts']
      .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
      .join('\n');
    const sentences = Object.entries(en).flatMap(([key, text]) => (key.startsWith('value.') ? [text] : []));
    const composed = /^(?:https?|all)_proxy of the environment$/;
    for (const text of sentences) {
      if (!composed.test(text) && text !== 'not signed in to this endpoint')
        expect(source, text).toContain(`'${text}'`);
    }
  });
});
