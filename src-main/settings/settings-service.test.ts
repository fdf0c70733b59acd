import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SettingsState } from '../../src-preload/contract/app.ts';
import { openConfDocument } from '../hosts/browser/document-store.ts';
import { silentLog } from '../log/log.ts';
import { readConfigFile, readPolicyFile } from './settings-file.ts';
import { SettingsService } from './settings-service.ts';

let folder: string;
let file: string;
let emitted: SettingsState[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-settings-'));
  file = join(folder, 'settings.json');
  emitted = [];
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

function service(
  layers: Pick<ConstructorParameters<typeof SettingsService>[0], 'commandLine' | 'policy'> = {},
): SettingsService {
  return new SettingsService({
    store: openConfDocument(folder, 'settings'),
    emit: (_area, _name, payload) => emitted.push(payload as SettingsState),
    log: silentLog().area('settings'),
    now: () => new Date('2026-01-02T03:04:05.678Z'),
    ...layers,
  });
}

const stored = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('SettingsService', () => {
  it('starts with the defaults and writes nothing by itself', () => {
    const { state } = service();
    expect(state.file).toBe(file);
    expect(state.values.theme).toBe('system');
    expect(state.problem).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stores one value, tells it, keeps unknown keys, and survives a restart', () => {
    writeFileSync(file, '{"future":{"x":[1]},"language":"ko"}');
    const state = service().set('theme', 'dark');
    expect(state.sources.theme).toBe('settings');
    expect(emitted).toEqual([state]);
    expect(stored()).toEqual({ future: { x: [1] }, language: 'ko', theme: 'dark' });
    expect(service().values).toMatchObject({ theme: 'dark', language: 'ko' });
  });

  it('keeps what an editor changed while Berth ran', () => {
    const settings = service();
    settings.set('theme', 'dark');
    writeFileSync(file, '{"theme":"light","density":"compact"}');
    settings.set('language', 'en');
    expect(stored()).toEqual({ theme: 'light', density: 'compact', language: 'en' });
  });

  it('refuses values that are not valid, and those that a policy fixes', () => {
    const settings = service({ policy: { theme: 'light' } });
    expect(() => settings.set('language', 'fr')).toThrowError(expect.objectContaining({ code: 'invalid-input' }));
    expect(() => settings.set('theme', 'dark')).toThrowError(expect.objectContaining({ code: 'forbidden' }));
    expect(existsSync(file)).toBe(false);
  });

  it('shows the command line over a stored value', () => {
    writeFileSync(file, '{"theme":"dark"}');
    const { state } = service({ commandLine: { theme: 'light' } });
    expect(state.values.theme).toBe('light');
    expect(state.sources.theme).toBe('command-line');
  });

  for (const [what, text] of [
    ['does not parse', '{"theme": "dark"'],
    ['does not validate', '{"theme":"blue","mine":1}'],
    ['is empty after a crash', ''],
  ] as const) {
    it(`sets aside a file that ${what}, untouched, and uses the last good copy`, () => {
      service().set('theme', 'dark');
      writeFileSync(file, text);
      const { state } = service();
      const aside = join(folder, 'settings.bad-2026-01-02T03-04-05-678Z.json');
      expect(state.problem).toMatchObject({ setAside: aside });
      expect(state.problem?.place).not.toBe('');
      expect(readFileSync(aside, 'utf8')).toBe(text);
      expect(state.values.theme).toBe('dark');
      expect(stored()).toEqual({ theme: 'dark' });
      expect(service().state.problem).toBeUndefined();
    });
  }

  it('uses the defaults when there is no good copy, and never overwrites the bad file by a change', () => {
    writeFileSync(file, 'nonsense');
    const settings = service();
    expect(settings.values.theme).toBe('system');
    settings.set('theme', 'dark');
    expect(readFileSync(join(folder, 'settings.bad-2026-01-02T03-04-05-678Z.json'), 'utf8')).toBe('nonsense');
    expect(stored()).toEqual({ theme: 'dark' });
  });

  it('says that it could not write', () => {
    const settings = new SettingsService({
      store: {
        path: file,
        read: () => ({}),
        write: () => {
          throw new Error('ENOSPC: no space left');
        },
      },
      emit: () => {},
      log: silentLog().area('settings'),
    });
    expect(() => settings.set('theme', 'dark')).toThrowError(
      expect.objectContaining({ code: 'file-write', detail: 'ENOSPC: no space left' }),
    );
  });
});

describe('files that Berth only reads', () => {
  it('must be there when a person named them, may be missing as a policy', () => {
    expect(() => readConfigFile(join(folder, 'none.json'))).toThrowError(
      expect.objectContaining({ code: 'settings-invalid' }),
    );
    expect(readPolicyFile(join(folder, 'none.json'))).toEqual({});
  });

  it('are refused with the place', () => {
    writeFileSync(file, '{"theme":\n"blue"}');
    expect(() => readConfigFile(file)).toThrowError(
      expect.objectContaining({
        detail: expect.stringMatching(/^The config file .*settings\.json cannot be used at theme: .*\.$/),
      }),
    );
    writeFileSync(file, '{\n  "theme" "dark"\n}');
    expect(() => readPolicyFile(file)).toThrowError(
      expect.objectContaining({ detail: expect.stringContaining('line 2, column 11') }),
    );
    expect(readFileSync(file, 'utf8')).toBe('{\n  "theme" "dark"\n}');
  });
});
