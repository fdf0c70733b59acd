/** One setting: name, control, source of the value. A value that settings.json cannot change says who can. */
import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';
import { SegmentedControl, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { SettingKey, SettingsState } from '../../../src-preload/contract/app.ts';
import { useSetSetting } from '../../state/use-settings.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './settings.module.css';
import { useWords } from './words.ts';

interface FrameProps {
  readonly state: SettingsState;
  readonly name: SettingKey;
  readonly labelId: string;
  readonly hint?: string | undefined;
  readonly error: unknown;
  readonly children: ReactNode;
}

function Frame({ state, name, labelId, hint, error, children }: FrameProps) {
  const t = useWords();
  const source = state.sources[name];
  const fixed = source === 'command-line' || source === 'policy';
  return (
    <>
      <div className={style.row}>
        <span className={style.label} id={labelId}>
          {t(name)}
        </span>
        <span className={style.control}>{children}</span>
        <span className={style.source} data-tip={fixed ? t(`fixed.${source}`) : undefined}>
          {t(`source.${source}`)}
        </span>
      </div>
      {hint && <p className={style.hint}>{hint}</p>}
      {error !== null && error !== undefined && <ErrorNotice error={toErrorValue(error)} />}
    </>
  );
}

const isFixed = (state: SettingsState, name: SettingKey) =>
  state.sources[name] === 'command-line' || state.sources[name] === 'policy';

export type ChoiceKey =
  | 'theme'
  | 'language'
  | 'density'
  | 'terminalTheme'
  | 'terminalBell'
  | 'terminalPasteAsks'
  | 'terminalCopies';

interface ChoiceProps {
  readonly state: SettingsState;
  readonly name: ChoiceKey;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

const hintedChoices = ['terminalPasteAsks', 'terminalCopies'] as const;

export function ChoiceSetting({ state, name, options }: ChoiceProps) {
  const t = useWords();
  const hint = hintedChoices.find((key) => key === name);
  const labelId = useId();
  const set = useSetSetting();
  return (
    <Frame state={state} name={name} labelId={labelId} hint={hint && t(`${hint}.hint`)} error={set.error}>
      <SegmentedControl
        aria-labelledby={labelId}
        size="sm"
        data={[...options]}
        value={state.values[name]}
        disabled={isFixed(state, name)}
        onChange={(value) => set.mutate({ key: name, value })}
      />
    </Frame>
  );
}

export type NumberKey = Exclude<SettingKey, ChoiceKey>;

const hinted = ['linkIdleMinutes', 'noticeMinutes', 'keptLogsMiB'] as const;

interface NumberProps {
  readonly state: SettingsState;
  readonly name: NumberKey;
  readonly min: number;
  readonly max: number;
}

/** Saved when left or on Enter; a number outside its range stays visible with the range beside it. */
export function NumberSetting({ state, name, min, max }: NumberProps) {
  const t = useWords();
  const labelId = useId();
  const set = useSetSetting();
  const saved = state.values[name];
  const [text, setText] = useState(String(saved));
  useEffect(() => setText(String(saved)), [saved]);
  const value = Number(text);
  const valid = /^\d+$/.test(text.trim()) && value >= min && value <= max;
  const hint = hinted.find((key) => key === name);
  const save = () => {
    if (valid && value !== saved) set.mutate({ key: name, value });
  };
  return (
    <Frame state={state} name={name} labelId={labelId} hint={hint && t(`${hint}.hint`)} error={set.error}>
      <TextInput
        aria-labelledby={labelId}
        className={style.number ?? ''}
        inputMode="numeric"
        value={text}
        disabled={isFixed(state, name)}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
          if (event.key === 'Escape') setText(String(saved));
        }}
        error={!valid}
      />
      <span className={valid ? 'soft' : style.range}>{valid ? t(`${name}.unit`) : t('range', { min, max })}</span>
    </Frame>
  );
}
