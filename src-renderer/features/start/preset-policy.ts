/** Which of the site's presets can be used for an image, which one a person starts with, and what each would do now. */
import type { Bound, Preset } from '../../../src-preload/contract/launcher.ts';

/** A preset fits when each of its amounts is within the slot's bounds (P-LIMIT-40); shared memory does not count. */
export function presetFits(preset: Preset, bounds: readonly Bound[]): boolean {
  const bySlot = new Map(bounds.map((bound) => [bound.slot, bound]));
  for (const [slot, text] of Object.entries(preset.slots)) {
    const amount = Number(text);
    const bound = bySlot.get(slot);
    if (bound === undefined) {
      if (amount > 0) return false;
    } else if (bound.max !== null && amount > bound.max) return false;
  }
  return bounds.every((bound) => Number(preset.slots[bound.slot] ?? 0) >= bound.min);
}

/** The preset to begin with: the first by name that fits and would start now, else the first that fits, else none. */
export function automaticPreset(presets: readonly Preset[], bounds: readonly Bound[]): Preset | null {
  const fitting = presets
    .filter((preset) => presetFits(preset, bounds))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return fitting.find((preset) => preset.startsNow) ?? fitting[0] ?? null;
}

export type PresetOutlook = 'now' | 'wait' | 'cannot';

/** @param sessionsLeft by policy; with none left even a small one waits */
export function presetOutlook(preset: Preset, bounds: readonly Bound[], sessionsLeft: number | null): PresetOutlook {
  if (!presetFits(preset, bounds)) return 'cannot';
  return preset.startsNow && (sessionsLeft === null || sessionsLeft > 0) ? 'now' : 'wait';
}

/**
 * The site says of each preset whether some machine has it all free. So amounts that lie within one that starts now do so,
 * too, and amounts that hold one that does not will not, even where the sums over all machines would do.
 */
export function byPresets(asked: Readonly<Record<string, number>>, presets: readonly Preset[]): 'now' | 'wait' | null {
  const slots = (preset: Preset) => Object.entries(preset.slots).map(([slot, text]) => [slot, Number(text)] as const);
  const within = (preset: Preset) =>
    Object.entries(asked).every(([slot, amount]) => amount <= Number(preset.slots[slot] ?? 0));
  const holds = (preset: Preset) => slots(preset).every(([slot, amount]) => (asked[slot] ?? 0) >= amount);
  if (presets.some((preset) => preset.startsNow && within(preset))) return 'now';
  return presets.some((preset) => !preset.startsNow && holds(preset)) ? 'wait' : null;
}
