/** Presets to point at, each with its amounts and whether it would start now. Keyboards have the Preset box beside it. */
import type { Preset } from '../../../src-preload/contract/launcher.ts';
import { formatAccelerators } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { slotToText } from './amount-policy.ts';
import classes from './amounts.module.css';
import { type PresetOutlook, presetOutlook } from './preset-policy.ts';
import { type T, useWords } from './start-words.ts';
import type { StartForm } from './use-start-form.ts';

const icons = { now: 'check', wait: 'clock', cannot: 'close' } as const;

/** `2 CPU · 4 GiB · 0.5 fGPU`. */
export function presetAmountWords(t: T, { slots, shmem }: Preset): string {
  const parts = [
    ...(slots.cpu === undefined ? [] : [`${slotToText(Number(slots.cpu), 'cpu')} ${t('unit.cpu')}`]),
    ...(slots.mem === undefined ? [] : [`${slotToText(Number(slots.mem), 'mem')} ${t('unit.mem')}`]),
  ];
  const accelerators = formatAccelerators(slots);
  if (accelerators !== '–') parts.push(accelerators);
  // Only where the preset says so itself: the automatic amount is no part of it.
  if (shmem !== null) parts.push(t('preset.shmem', { amount: slotToText(Number(shmem), 'mem') }));
  return parts.join(' · ');
}

interface Props {
  readonly form: StartForm;
  readonly onChoose: (name: string) => void;
}

export function PresetTiles({ form, onChoose }: Props) {
  const t = useWords();
  const { answer, slotBounds, chosen } = form;
  if (answer.presets.length === 0) return null;
  return (
    <fieldset aria-label={t('presets')} className={classes.tiles}>
      {answer.presets.map((preset) => {
        const outlook: PresetOutlook = presetOutlook(preset, slotBounds, answer.sessionsLeft);
        return (
          <button
            key={preset.name}
            type="button"
            // The Preset box is the keyboard's way: a row of tiles would be as many stops on the way to Launch.
            tabIndex={-1}
            className={classes.tile}
            aria-pressed={chosen.preset?.name === preset.name}
            disabled={outlook === 'cannot'}
            onClick={() => onChoose(preset.name)}
          >
            <span className={classes.tileName}>{preset.name}</span>
            <span className="numbers">{presetAmountWords(t, preset)}</span>
            <span className={classes.tileOutlook} data-outlook={outlook}>
              <Icon name={icons[outlook]} size={12} />
              {t(`preset.${outlook}`)}
            </span>
          </button>
        );
      })}
    </fieldset>
  );
}
