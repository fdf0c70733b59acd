/** A find box: `/` is the owner's to wire, Escape empties it. */
import { TextInput } from '@mantine/core';
import type { Ref } from 'react';
import style from './find-box.module.css';
import { IconButton } from './icon-button.tsx';
import { Icon } from './icons.tsx';
import { useUiWords } from './words.ts';

interface Props {
  readonly value: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
  readonly ref?: Ref<HTMLInputElement>;
}

export function FindBox({ value, placeholder, onChange, ref }: Props) {
  const t = useUiWords();
  return (
    <TextInput
      {...(ref ? { ref } : {})}
      className={style.find ?? ''}
      aria-label={t('find')}
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onChange('');
      }}
      autoComplete="off"
      spellCheck={false}
      leftSection={<Icon name="search" />}
      rightSection={value !== '' && <IconButton icon="close" label={t('clear')} onClick={() => onChange('')} />}
    />
  );
}
