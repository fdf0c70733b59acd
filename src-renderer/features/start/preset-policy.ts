/** Which of the site's presets can be used for an image, and which one a person starts with. */
import type { Bound, Preset } from '../../../src-preload/contract/launcher.ts';

/** A preset fits when each of its amounts is within the slot's bounds (P-LIMIT-40); shared memory does not count. */
export function presetFits(preset: Preset, bounds: readonly Bound[]): boolean {
  const bySlot = new Map(bounds.map((bound) => [bound.slot, bound]));
  for (const [slot, text] of Object.entries(preset.slots)) {
    const amount = Number(text);
    const bound = bySlot.get(slot);
    if (bound === undefined) {
      if (amount > 0) {
        return false;
      }
    } else if (bound.max !== null && amount > bound.max) {
      return false;
    }
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
