/** Search over what the terminal shows and has scrolled away. */
import type { ISearchResultChangeEvent } from '@xterm/addon-search';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import type { Screen } from './screen.ts';
import style from './terminal.module.css';
import { useWords } from './terminal-words.ts';

/** The addon stops marking here and then answers with an index of -1. */
const markLimit = 1000;

interface Props {
  readonly screen: Screen;
  readonly results: ISearchResultChangeEvent | null;
  readonly onClose: () => void;
}

export function SearchStrip({ screen, results, onClose }: Props) {
  const t = useWords();
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => input.current?.focus(), []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter') screen.find(text, event.shiftKey ? 'previous' : 'next');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <search className={style.search} onKeyDown={onKeyDown}>
      <input
        ref={input}
        type="text"
        aria-label={t('find')}
        placeholder={t('find')}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          screen.find(event.currentTarget.value, 'next', true);
        }}
      />
      <span role="status" className="soft numbers">
        {text === '' || !results ? '' : countWords(t, results)}
      </span>
      <IconButton icon="chevronDown" label={t('findNext')} onClick={() => screen.find(text, 'next')} />
      <span className={style.flipped}>
        <IconButton icon="chevronDown" label={t('findPrevious')} onClick={() => screen.find(text, 'previous')} />
      </span>
      <IconButton icon="close" label={t('findClose')} onClick={onClose} />
    </search>
  );
}

function countWords(t: ReturnType<typeof useWords>, results: ISearchResultChangeEvent): string {
  if (results.resultCount === 0) return t('find.none');
  if (results.resultCount >= markLimit) return t('find.many', { count: markLimit });
  return t('find.count', { at: results.resultIndex + 1, count: results.resultCount });
}
