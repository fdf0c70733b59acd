/** One amount: a slider for the hand, a number field for the keyboard, and the limits in words. */
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { type AmountRule, clampToGrid, readTicks, showTicks, stepAmount } from './amount-policy.ts';
import classes from './amounts.module.css';
import { beyondShare, trackOf } from './track-policy.ts';

/** Keys of a spin button and how many steps they move; Home and End go to the bounds. */
const keySteps: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 4, PageDown: -4 };
const farSteps = 1e9;
/** More slider positions than this cannot be told apart by hand. */
const sliderPositions = 128;

interface Props {
  readonly label: string;
  readonly rule: AmountRule;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Limits, sources and remarks. */
  readonly words: readonly string[];
  /** What the site says about this slot. */
  readonly remark?: string | null;
  readonly error?: string | null;
  readonly warning?: string | null;
  readonly disabled?: boolean;
  /** Beside the label, not part of the name. */
  readonly aside?: ReactNode;
}

export function AmountField({
  label,
  rule,
  text,
  onChange,
  words,
  remark,
  error,
  warning,
  disabled = false,
  aside,
}: Props) {
  const id = useId();
  const wordsId = `${id}-words`;
  const ticks = readTicks(text, rule.perUnit);
  const shown = (value: number) => value / rule.perUnit;

  function onKeyDown(event: KeyboardEvent): void {
    const far = rule.max === null ? 0 : farSteps;
    const steps =
      event.key === 'Home' && event.ctrlKey
        ? -farSteps
        : event.key === 'End' && event.ctrlKey
          ? far
          : keySteps[event.key];
    if (!steps || event.altKey || event.metaKey) return;
    event.preventDefault();
    onChange(stepAmount(text, steps, rule));
  }

  return (
    <div className={classes.amount}>
      <div className={classes.amountLabel}>
        <label htmlFor={id}>{label}</label>
        {aside}
      </div>
      <Slider rule={rule} ticks={ticks ?? rule.min} disabled={disabled} onChange={onChange} />
      <TextInput
        id={id}
        role="spinbutton"
        inputMode="decimal"
        autoComplete="off"
        size="xs"
        className={classes.amountInput ?? ''}
        value={text}
        disabled={disabled}
        error={Boolean(error)}
        aria-valuenow={ticks === null ? undefined : shown(ticks)}
        aria-valuemin={shown(rule.min)}
        aria-valuemax={rule.max === null ? undefined : shown(rule.max)}
        aria-describedby={wordsId}
        maxLength={20}
        onChange={(event) => onChange(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={onKeyDown}
      />
      <div className={classes.amountWords} id={wordsId}>
        {error && <span className={classes.error}>{error}</span>}
        {!error && warning && <span className={classes.warning}>{warning}</span>}
        <span className="numbers">{words.join(' · ')}</span>
        {remark && <span>{remark}</span>}
      </div>
    </div>
  );
}

interface SliderProps {
  readonly rule: AmountRule;
  readonly ticks: number;
  readonly disabled: boolean;
  readonly onChange: (text: string) => void;
}

/** For the pointer only: the number field beside it is the one control that keyboard and screen readers meet. */
function Slider({ rule, ticks, disabled, onChange }: SliderProps) {
  const track = trackOf(rule, ticks);
  const { start, end } = track;
  let step = rule.step;
  while ((end - start) / step > sliderPositions) step *= 2;
  const span = track.limited ? 1 - beyondShare : 1;
  const share = (part: number) => `${100 * part * span}%`;
  return (
    <div
      className={classes.slider}
      data-disabled={disabled || undefined}
      aria-hidden="true"
      style={{ '--span': span } as Record<string, number>}
    >
      <div
        className={classes.track}
        style={
          {
            '--free': share(track.free),
            '--others': share(track.others),
            '--limit': share(1),
            '--value': share(track.value),
          } as Record<string, string>
        }
        data-waits={(rule.remaining !== null && ticks > rule.remaining) || undefined}
      />
      <input
        type="range"
        tabIndex={-1}
        min={start}
        max={end}
        step="any"
        value={Math.min(end, Math.max(start, ticks))}
        disabled={disabled}
        onChange={(event) => {
          const wanted = Number(event.currentTarget.value);
          const atEnd = wanted >= end - step / 2 ? end : Math.round(wanted / step) * step;
          onChange(showTicks(clampToGrid(atEnd, rule), rule.perUnit));
        }}
      />
    </div>
  );
}
