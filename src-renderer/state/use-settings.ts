/** Settings with where each comes from; before the bridge answers, the values of last time. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { SettingKey, SettingsState, SettingsValues } from '../../src-preload/contract/app.ts';
import { berth } from '../bridge.ts';
import { queryClient } from './query.ts';
import { cacheSettings, readCachedSettings } from './settings-cache.ts';

const key = ['settings.get'] as const;

function take(state: SettingsState): SettingsState {
  cacheSettings(state.values);
  return state;
}

berth.settings.onChanged((state) => queryClient.setQueryData(key, take(state)));

export interface Settings {
  readonly values: SettingsValues;
  /** Undefined until the bridge has answered. */
  readonly state: SettingsState | undefined;
  readonly error: unknown;
}

export function useSettings(): Settings {
  const query = useQuery({ queryKey: key, queryFn: async () => take(await berth.settings.get()) });
  const cached = useMemo(readCachedSettings, []);
  return { values: query.data?.values ?? cached, state: query.data, error: query.error };
}

export function useSetSetting() {
  return useMutation({
    mutationFn: (input: { key: SettingKey; value: string | number }) => berth.settings.set(input),
    onSuccess: (state) => queryClient.setQueryData(key, take(state)),
  });
}
