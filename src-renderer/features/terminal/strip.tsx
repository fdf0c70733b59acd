/** The 32 px strip above the screen: which session this is, what is wrong with it if anything is, search, text size. */
import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { isMac } from './screen.ts';
import style from './terminal.module.css';
import { useWords } from './terminal-words.ts';

interface Props {
  readonly name: string;
  readonly site: string;
  readonly notKept: boolean;
  readonly screenReader: boolean;
  readonly onSearch: () => void;
  readonly onSmaller: () => void;
  readonly onLarger: () => void;
  readonly onScreenReader: () => void;
  readonly onClear: () => void;
  /** The state bar; stands in the strip, so that it neither hides a line nor changes the screen's size. */
  readonly children: ReactNode;
}

export function Strip(props: Props) {
  const t = useWords();
  const key = isMac ? '⌘' : 'Ctrl+';
  return (
    <header className={style.strip}>
      <h1 className={`${style.name} ellipsis`}>{props.name}</h1>
      <span className={`${style.site} soft ellipsis`}>{props.site}</span>
      <div className={style.middle}>{props.children}</div>
      {props.notKept && (
        <span className={`${style.notKept} soft`} data-tip={t('notKept.why')}>
          <Icon name="info" size={14} />
          <span className="ellipsis">{t('notKept')}</span>
        </span>
      )}
      <div role="toolbar" aria-label={t('toolbar')} className={style.tools}>
        <IconButton icon="search" label={t('find')} shortcut={isMac ? '⌘F' : 'Ctrl+Shift+F'} onClick={props.onSearch} />
        <SizeButton label={t('smaller')} tip={`${key}-`} sign="−" onClick={props.onSmaller} />
        <SizeButton label={t('larger')} tip={`${key}+`} sign="+" onClick={props.onLarger} />
        <Menu>
          <Menu.Target>
            <IconButton icon="more" label={t('more')} aria-haspopup="menu" />
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={props.onScreenReader}>
              {props.screenReader ? t('screenReaderOff') : t('screenReaderOn')}
            </Menu.Item>
            <Menu.Item onClick={props.onClear}>{t('clear')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}

interface SizeProps {
  readonly label: string;
  readonly tip: string;
  readonly sign: string;
  readonly onClick: () => void;
}

function SizeButton({ label, tip, sign, onClick }: SizeProps) {
  return (
    <button type="button" className={style.size} aria-label={label} data-tip={`${label}  ${tip}`} onClick={onClick}>
      A<small>{sign}</small>
    </button>
  );
}
