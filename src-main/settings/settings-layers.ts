/** Settings as people write them: parts of files with unknown keys allowed, merged by strength, judged key by key. Pure. */
import { z } from 'zod';
import { defaultSettings, SettingKey, SettingsState, SettingsValues } from '../../src-preload/contract/app.ts';
import { jsonFault, placeIn } from '../base/json-place.ts';

export type SettingSource = SettingsState['sources'][SettingKey];
export type PartialSettings = { [K in keyof SettingsValues]?: SettingsValues[K] | undefined };

export const settingKeys = SettingKey.options;

/** What a settings file may hold: the known keys, each with a valid value, and whatever else, which is kept. */
export const SettingsDocument = SettingsValues.partial().loose();

/** JSON Schema for editors; published as `assets/settings.schema.json`. */
export function settingsJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(SettingsDocument, { target: 'draft-7' });
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([key, value]) => {
      const known = SettingKey.safeParse(key);
      return [
        key,
        typeof value === 'object' && known.success ? { default: defaultSettings[known.data], ...value } : value,
      ];
    }),
  );
  return {
    $schema: schema.$schema,
    $id: 'berth-settings.schema.json',
    title: 'Berth settings',
    description: 'settings.json of Berth, a file for --config, or a policy file. Unknown keys are kept.',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...properties },
    additionalProperties: true,
  };
}

export type Judged =
  | { readonly ok: true; readonly values: PartialSettings; readonly document: Record<string, unknown> }
  /** `place` is a key path or a line and column, followed by what is wrong there. */
  | { readonly ok: false; readonly place: string };

/** Judges a parsed document. */
export function judgeSettings(value: unknown): Judged {
  const parsed = SettingsDocument.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.map(String).join('.') ?? '';
    return { ok: false, place: `${path === '' ? 'the whole file' : path}: ${issue?.message ?? 'not valid'}` };
  }
  const values = Object.fromEntries(
    settingKeys.map((key) => [key, parsed.data[key]]).filter(([, item]) => item !== undefined),
  );
  return { ok: true, values: SettingsValues.partial().parse(values), document: parsed.data };
}

/** Judges the text of a file. */
export function judgeSettingsText(file: string): Judged {
  // Editors on Windows put a byte order mark in front.
  const text = file.replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== null) {
    const { line, column } = placeIn(text, fault);
    return { ok: false, place: `line ${line}, column ${column}: not valid JSON` };
  }
  return judgeSettings(JSON.parse(text));
}

export interface Layers {
  readonly settings: PartialSettings;
  readonly commandLine: PartialSettings;
  readonly policy: PartialSettings;
}

/** The value in force for each key, and the layer that it comes from: policy > command line > settings > default. */
export function mergeLayers(layers: Layers): { values: SettingsValues; sources: Record<SettingKey, SettingSource> } {
  const strongestFirst: readonly (readonly [SettingSource, PartialSettings])[] = [
    ['policy', layers.policy],
    ['command-line', layers.commandLine],
    ['settings', layers.settings],
    ['default', defaultSettings],
  ];
  const merged: Record<string, unknown> = {};
  const sources: Partial<Record<SettingKey, SettingSource>> = {};
  for (const key of settingKeys) {
    const [source, layer] = strongestFirst.find(([, candidate]) => candidate[key] !== undefined) ?? [
      'default',
      defaultSettings,
    ];
    merged[key] = layer[key];
    sources[key] = source;
  }
  return { values: SettingsValues.parse(merged), sources: SettingsState.shape.sources.parse(sources) };
}
