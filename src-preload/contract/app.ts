/** The app itself: what it is, where it keeps things, settings. */
import { z } from 'zod';
import { Nothing } from './common.ts';
import { ErrorValue } from './errors.ts';
import { call, event } from './verbs.ts';

export const SecretsState = z.strictObject({
  /** `os`: the system's keychain; `memory`: forgotten when Berth quits. */
  kind: z.enum(['os', 'memory']),
  /** True when the user or a flag chose memory; false with `memory` means there is no usable keychain. */
  chosen: z.boolean(),
  /** Why the keychain cannot be used, in the system's own words. */
  detail: z.string().optional(),
});
export type SecretsState = z.infer<typeof SecretsState>;

export const AppInfo = z.strictObject({
  version: z.string(),
  host: z.enum(['browser', 'electron']),
  platform: z.string(),
  dataDir: z.string(),
  settingsFile: z.string(),
  logFile: z.string(),
  secrets: SecretsState,
});
export type AppInfo = z.infer<typeof AppInfo>;

/** Settings a person may change; the same names stand in settings.json. */
export const SettingsValues = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'ko']),
  density: z.enum(['comfortable', 'compact']),
  /** Minutes without input, request or transfer after which Berth lets go of a link (links count as activity on the site). */
  linkIdleMinutes: z.number().int().min(1).max(1440),
  terminalFontSize: z.number().int().min(8).max(32),
  terminalScrollback: z.number().int().min(100).max(200_000),
  /** Colours of terminals; `app`: those of the other windows. */
  terminalTheme: z.enum(['app', 'light', 'dark', 'contrast']),
  /** How a bell is told: a flash and a mark on the tab, with a sound, or not at all. */
  terminalBell: z.enum(['visual', 'sound', 'off']),
  /** Ask before several lines, or control characters, are pasted into a program that would run them at once. */
  terminalPasteAsks: z.enum(['on', 'off']),
  /** Programs may put text on the clipboard (OSC 52); none can read it. */
  terminalCopies: z.enum(['on', 'off']),
  /** MiB that logs of sessions may take on this computer; 0: none is kept once its session has ended. */
  keptLogsMiB: z.number().int().min(0).max(102_400),
  /** Minutes ahead of a site taking a session away at which Berth says so; 0: not at all. */
  noticeMinutes: z.number().int().min(0).max(1440),
  /** The same once more, shortly before. */
  noticeAgainMinutes: z.number().int().min(0).max(1440),
});
export type SettingsValues = z.infer<typeof SettingsValues>;
export const SettingKey = SettingsValues.keyof();
export type SettingKey = z.infer<typeof SettingKey>;

/** What holds where nobody said otherwise; a window goes by it until the main process has told. */
export const defaultSettings: SettingsValues = {
  theme: 'system',
  language: 'system',
  density: 'comfortable',
  // Below the idle limit of most sites, and long enough to read a paper beside a notebook.
  linkIdleMinutes: 30,
  terminalFontSize: 13,
  terminalScrollback: 20_000,
  terminalTheme: 'app',
  terminalBell: 'visual',
  terminalPasteAsks: 'on',
  terminalCopies: 'on',
  keptLogsMiB: 1024,
  noticeMinutes: 10,
  noticeAgainMinutes: 2,
};

export const SettingsState = z.strictObject({
  values: SettingsValues,
  /** Where each value comes from; later ones win: default < settings < command-line < policy. */
  sources: z.record(SettingKey, z.enum(['default', 'settings', 'command-line', 'policy'])),
  file: z.string(),
  /** Set when the file could not be used; it was set aside untouched and the last good copy is in use. */
  problem: z.strictObject({ setAside: z.string(), place: z.string() }).optional(),
});
export type SettingsState = z.infer<typeof SettingsState>;

export const app = {
  info: call(Nothing, AppInfo),
  /** Opens http, https or mailto addresses in the person's own browser; anything else is refused. */
  openExternal: call(z.strictObject({ url: z.string().max(4096) }), Nothing),
  /** A defect in a window, to be logged with the rest. */
  reportProblem: call(
    z.strictObject({ message: z.string().max(4096), stack: z.string().max(16_384).optional() }),
    Nothing,
  ),
};

export const settings = {
  get: call(Nothing, SettingsState),
  set: call(z.strictObject({ key: SettingKey, value: z.union([z.string(), z.number()]) }), SettingsState),
  changed: event(SettingsState),
};

export const sandbox = {
  /** Starts the local sandbox if it does not run, signs in to it, and answers with that account. */
  start: call(Nothing, z.strictObject({ accountId: z.string() })),
  state: call(
    Nothing,
    z.strictObject({ state: z.enum(['stopped', 'starting', 'running', 'failed']), error: ErrorValue.optional() }),
  ),
};
