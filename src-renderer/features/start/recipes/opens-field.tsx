/** What opens by itself once the session runs, however long that takes. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { OpensWhenRunning } from '../../../../src-preload/contract/launches.ts';
import { berth } from '../../../bridge.ts';
import { useRecipeWords } from './recipe-words.ts';

interface Props {
  /** Services that the image declares. */
  readonly services: readonly string[];
  readonly value: OpensWhenRunning | null;
  readonly onChange: (value: OpensWhenRunning | null) => void;
}

const nothing = 'nothing';
const terminal = 'terminal';

export function OpensField({ services, value, onChange }: Props) {
  const t = useRecipeWords();
  const tiles = useQuery({
    queryKey: ['apps.describe', services],
    queryFn: () => berth.apps.describe({ services: [...services] }),
  });
  const inWindows = (tiles.data ?? []).filter((tile) => tile.opens === 'window');
  const chosen = value === null ? nothing : value.kind === 'terminal' ? terminal : `app ${value.service}`;
  const data = [
    { value: nothing, label: t('opens.nothing') },
    { value: terminal, label: t('opens.terminal') },
    ...inWindows.map((tile) => ({ value: `app ${tile.service}`, label: tile.title })),
  ];
  return (
    <Select
      size="xs"
      label={t('opens')}
      data={data}
      // The titles come a moment later than the choice.
      value={data.some((it) => it.value === chosen) ? chosen : nothing}
      allowDeselect={false}
      onChange={(next) => {
        if (next === terminal) onChange({ kind: 'terminal' });
        else if (next?.startsWith('app ')) onChange({ kind: 'app', service: next.slice(4) });
        else onChange(null);
      }}
    />
  );
}
