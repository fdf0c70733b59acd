/** Search over what the terminal shows and has scrolled away. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import type { SearchOptions } from './match-policy.ts';
import type { Screen, SearchResults } from './screen.ts';
import style from './search-strip.module.css';
import { useWords } from './terminal-words.ts';

interface Props {
  readonly screen: Screen;
  readonly results: SearchResults | null;
  readonly onClose: () => void;
}

const switches = [
  ['caseSensitive', 'Aa'],
  ['wholeWord', '“ab”'],
  ['regex', '.*'],
] as const;

export function SearchStrip({ screen, results, onClose }: Props) {
  const t = useWords();
  const [text, setText] = useState('');
  const [options, setOptions] = useState<SearchOptions>({ caseSensitive: false, wholeWord: false, regex: false });
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => input.current?.focus(), []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && event.target === input.current) {
      // What a terminal printed last is looked for first: Enter goes up.
      screen.find(text, options, event.shiftKey ? 'next' : 'previous');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <search className={style.search} onKeyDown={onKeyDown}>
      <input
        ref={input}
        type="text"
        aria-label={t('find')}
        aria-invalid={results?.isBroken === true}
        placeholder={t('find')}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          screen.find(event.currentTarget.value, options, 'previous', true);
        }}
      />
      {switches.map(([name, sign]) => (
        <button
          key={name}
          type="button"
          className={style.switch}
          aria-pressed={options[name]}
          aria-label={t(`find.${name}`)}
          data-tip={t(`find.${name}`)}
          onClick={() => {
            const next = { ...options, [name]: !options[name] };
            setOptions(next);
            screen.find(text, next, 'previous', true);
          }}
        >
          {sign}
        </button>
      ))}
      <span role="status" className="soft numbers">
        {text === '' || !results ? '' : countWords(t, results)}
      </span>
      <IconButton
        icon="chevronUp"
        label={t('findPrevious')}
        shortcut="Enter"
        onClick={() => screen.find(text, options, 'previous')}
      />
      <IconButton
        icon="chevronDown"
        label={t('findNext')}
        shortcut="Shift+Enter"
        onClick={() => screen.find(text, options, 'next')}
      />
      <IconButton icon="close" label={t('findClose')} onClick={onClose} />
    </search>
  );
}

function countWords(t: ReturnType<typeof useWords>, { count, at, isBroken }: SearchResults): string {
  if (isBroken) return t('find.broken');
  return count === 0 ? t('find.none') : t('find.count', { at, count });
}
