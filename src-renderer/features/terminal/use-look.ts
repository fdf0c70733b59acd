/** How terminals look and behave, from the settings; text size is changed here too and remembered. */
import { useComputedColorScheme } from '@mantine/core';
import type { SettingsValues } from '../../../src-preload/contract/app.ts';
import { useSetSetting, useSettings } from '../../state/use-settings.ts';
import { lookOf, type TerminalLook } from './terminal-theme.ts';

const smallestFont = 8;
const largestFont = 32;
const usualFont = 13;

interface Look {
  readonly look: TerminalLook;
  readonly values: SettingsValues;
  readonly zoom: (step: 'larger' | 'smaller' | 'usual-size') => void;
}

export function useLook(): Look {
  const { values } = useSettings();
  const setSetting = useSetSetting();
  const scheme = useComputedColorScheme('light');
  return {
    look: lookOf(values.terminalTheme, scheme),
    values,
    zoom: (step) => {
      const now = values.terminalFontSize;
      const wanted = step === 'usual-size' ? usualFont : now + (step === 'larger' ? 1 : -1);
      const value = Math.min(largestFont, Math.max(smallestFont, wanted));
      if (value !== now) setSetting.mutate({ key: 'terminalFontSize', value });
    },
  };
}
