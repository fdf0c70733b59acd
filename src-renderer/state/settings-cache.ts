/**
 * The last settings this window saw, so that theme and language are right in the first frame, before the bridge is up.
 * The truth stays in settings.json; nothing here is a secret.
 */
import { defaultSettings, SettingsValues } from '../../src-preload/contract/app.ts';

const storageKey = 'berth.settings';

export function readCachedSettings(): SettingsValues {
  try {
    const parsed = SettingsValues.safeParse(JSON.parse(localStorage.getItem(storageKey) ?? ''));
    if (parsed.success) return parsed.data;
  } catch {
    // No or broken cache: the defaults hold until the bridge answers.
  }
  return defaultSettings;
}

export function cacheSettings(values: SettingsValues): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(values));
  } catch {
    // Storage may be full or switched off; the cache only saves a flicker.
  }
}
