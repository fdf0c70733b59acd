import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings, SettingsValues } from '../../src-preload/contract/app.ts';
import { judgeSettingsText, mergeLayers, settingsJsonSchema } from './settings-layers.ts';

describe('mergeLayers', () => {
  it('takes policy over command line over settings over default, key by key', () => {
    const { values, sources } = mergeLayers({
      settings: { theme: 'dark', language: 'ko', density: 'compact' },
      commandLine: { language: 'en', density: 'comfortable' },
      policy: { density: 'compact' },
    });
    expect(values).toMatchObject({ theme: 'dark', language: 'en', density: 'compact', linkIdleMinutes: 30 });
    expect(sources).toMatchObject({
      theme: 'settings',
      language: 'command-line',
      density: 'policy',
      linkIdleMinutes: 'default',
      terminalFontSize: 'default',
      terminalScrollback: 'default',
      terminalTheme: 'default',
      terminalBell: 'default',
      terminalPasteAsks: 'default',
      terminalCopies: 'default',
    });
  });

  it('has defaults that are valid', () => {
    expect(SettingsValues.parse(defaultSettings)).toEqual(defaultSettings);
  });
});

describe('judgeSettingsText', () => {
  it('keeps unknown keys beside the known ones', () => {
    const judged = judgeSettingsText('\uFEFF{"theme":"dark","future":{"a":1}}');
    expect(judged).toEqual({ ok: true, values: { theme: 'dark' }, document: { theme: 'dark', future: { a: 1 } } });
  });

  it.each([
    ['{"theme":\n  "dark",,}', /^line 2, column \d+: not valid JSON$/],
    ['', /^line 1, column 1: not valid JSON$/],
    ['{"theme":"blue"}', /^theme: /],
    ['{"linkIdleMinutes":0}', /^linkIdleMinutes: /],
    ['{"terminalFontSize":12.5}', /^terminalFontSize: /],
    ['[]', /^the whole file: /],
    ['null', /^the whole file: /],
  ])('names the place in %j', (text, place) => {
    const judged = judgeSettingsText(text);
    expect(judged.ok ? '' : judged.place).toMatch(place);
  });
});

describe('the published schema', () => {
  it('is the one that the code holds (set UPDATE_SCHEMA=1 to write it)', () => {
    const file = resolve(import.meta.dirname, '../../assets/settings.schema.json');
    const text = `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`;
    if (process.env.UPDATE_SCHEMA === '1') writeFileSync(file, text);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
  });
});
