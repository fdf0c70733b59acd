/**
 * The settings in force and where each comes from. The person's own file is never overwritten when it cannot be read as
 * settings: it is set aside whole, and the last good copy takes its place.
 */
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { type SettingKey, type SettingsState, SettingsValues } from '../../src-preload/contract/app.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Emit, Handlers } from '../handlers.ts';
import type { DocumentStore } from '../hosts/host.ts';
import type { AreaLog } from '../log/log.ts';
import { type Judged, judgeSettings, judgeSettingsText, mergeLayers, type PartialSettings } from './settings-layers.ts';

export interface SettingsOptions {
  /** The person's own document, `settings.json`. */
  readonly store: DocumentStore;
  /** From `--config`. */
  readonly commandLine?: PartialSettings;
  readonly policy?: PartialSettings;
  readonly emit: Emit;
  readonly log: AreaLog;
  readonly now?: () => Date;
}

export class SettingsService {
  readonly #store: DocumentStore;
  readonly #options: SettingsOptions;
  /** Known and unknown keys, as in the file. */
  #document: Record<string, unknown> = {};
  #own: PartialSettings = {};
  #problem: SettingsState['problem'];

  constructor(options: SettingsOptions) {
    this.#store = options.store;
    this.#options = options;
    this.#load();
  }

  get values(): SettingsValues {
    return this.#merged().values;
  }

  get state(): SettingsState {
    return {
      ...this.#merged(),
      file: this.#store.path,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  /** Keeps every other key of the file. Throws BerthError `invalid-input`, `forbidden` (policy) or `file-write`. */
  set(key: SettingKey, value: unknown): SettingsState {
    if (this.#options.policy?.[key] !== undefined) {
      throw new BerthError('forbidden', {
        place: 'computer',
        params: { key },
        detail: 'This setting is fixed by a policy of this computer',
      });
    }
    const parsed = SettingsValues.shape[key].safeParse(value);
    if (!parsed.success) {
      throw new BerthError('invalid-input', {
        place: 'computer',
        params: { key },
        detail: parsed.error.issues[0]?.message ?? 'not valid',
      });
    }
    // A file changed by an editor since Berth read it keeps those changes; a broken one is set aside first.
    this.#load();
    const document = { ...this.#document, [key]: parsed.data };
    try {
      this.#store.write(document);
    } catch (error) {
      throw new BerthError('file-write', {
        place: 'computer',
        retry: 'user',
        params: { path: this.#store.path },
        detail: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
    this.#use(judgeSettings(document));
    this.#keepGoodCopy();
    const state = this.state;
    this.#options.emit('settings', 'changed', state);
    return state;
  }

  handlers(): Handlers['settings'] {
    return {
      get: async () => this.state,
      set: async ({ key, value }) => this.set(key, value),
    };
  }

  #merged(): Pick<SettingsState, 'values' | 'sources'> {
    const { commandLine = {}, policy = {} } = this.#options;
    return mergeLayers({ settings: this.#own, commandLine, policy });
  }

  #use(judged: Judged): boolean {
    if (!judged.ok) return false;
    this.#document = judged.document;
    this.#own = judged.values;
    return true;
  }

  #load(): void {
    const judged = this.#read(this.#store.path);
    if (judged === null) {
      this.#use({ ok: true, values: {}, document: {} });
    } else if (judged.ok) {
      this.#use(judged);
      this.#keepGoodCopy();
    } else {
      this.#recover(judged.place);
    }
  }

  /** Null when there is no such file. */
  #read(path: string): Judged | null {
    try {
      return judgeSettingsText(readFileSync(path, 'utf8'));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return code === 'ENOENT' ? null : { ok: false, place: `the whole file: it cannot be read (${code})` };
    }
  }

  #recover(place: string): void {
    const { log } = this.#options;
    const setAside = this.#beside(`bad-${this.#time()}`);
    try {
      // A rename keeps the person's bytes, whatever is wrong with them.
      renameSync(this.#store.path, setAside);
      this.#problem = { setAside, place };
    } catch (error) {
      log.error('The unusable settings file could not be set aside', { file: this.#store.path, error });
      this.#problem = { setAside: this.#store.path, place };
    }
    log.warn('The settings file cannot be used; the last good copy is in use', { ...this.#problem });
    const good = this.#read(this.#goodCopy);
    if (good === null || !this.#use(good)) {
      this.#use({ ok: true, values: {}, document: {} });
      return;
    }
    try {
      if (!existsSync(this.#store.path)) copyFileSync(this.#goodCopy, this.#store.path);
    } catch (error) {
      log.warn('The last good settings could not be put back', { error });
    }
  }

  get #goodCopy(): string {
    return this.#beside('good');
  }

  /** `settings.json` -> `settings.<word>.json` in the same folder. */
  #beside(word: string): string {
    const extension = extname(this.#store.path);
    return join(dirname(this.#store.path), `${basename(this.#store.path, extension)}.${word}${extension}`);
  }

  #time(): string {
    return (this.#options.now?.() ?? new Date()).toISOString().replace(/[:.]/g, '-');
  }

  #keepGoodCopy(): void {
    try {
      const text = readFileSync(this.#store.path);
      if (existsSync(this.#goodCopy) && readFileSync(this.#goodCopy).equals(text)) return;
      copyFileSync(this.#store.path, this.#goodCopy);
    } catch (error) {
      this.#options.log.warn('No copy of the good settings could be kept', { error });
    }
  }
}
