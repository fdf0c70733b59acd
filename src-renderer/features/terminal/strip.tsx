/** The 32 px strip above the screens: which session, its tabs, what is wrong if anything is, and the tools. */
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { keysOf } from './keys-policy.ts';
import { isMac } from './platform.ts';
import style from './terminal.module.css';
import { useWords } from './terminal-words.ts';

interface Props {
  readonly name: string;
  readonly site: string;
  /** A line about the shell itself: not kept, or shared with others. */
  readonly remark: { readonly words: string; readonly why: string } | null;
  /** Why there can be no more terminals here; null: there can. */
  readonly full: string | null;
  readonly tabs: ReactNode;
  readonly more: readonly MenuItem[];
  readonly onNewTab: () => void;
  readonly onSplit: (direction: 'row' | 'column') => void;
  readonly onSearch: () => void;
  /** The state bar; stands in the strip, so that it neither hides a line nor changes the screen's size. */
  readonly children: ReactNode;
}

export function Strip(props: Props) {
  const t = useWords();
  const more = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const full = props.full ?? undefined;
  return (
    <header className={style.strip}>
      <h1 className={`${style.name} ellipsis`} data-tip={`${props.name} · ${props.site}`}>
        {props.name}
      </h1>
      {props.tabs}
      <IconButton
        icon="plus"
        label={t('newTab')}
        shortcut={keysOf('newTab', isMac)}
        reason={full}
        onClick={props.onNewTab}
      />
      <div className={style.middle}>{props.children}</div>
      {props.remark && (
        <span className={`${style.remark} soft`} data-tip={props.remark.why}>
          <Icon name="info" size={14} />
          <span className="ellipsis">{props.remark.words}</span>
        </span>
      )}
      <div role="toolbar" aria-label={t('toolbar')} className={style.tools}>
        <IconButton
          icon="splitRight"
          label={t('splitRight')}
          shortcut={keysOf('splitRight', isMac)}
          reason={full}
          onClick={() => props.onSplit('row')}
        />
        <IconButton
          icon="splitDown"
          label={t('splitDown')}
          shortcut={keysOf('splitDown', isMac)}
          reason={full}
          onClick={() => props.onSplit('column')}
        />
        <IconButton icon="search" label={t('find')} shortcut={keysOf('find', isMac)} onClick={props.onSearch} />
        <IconButton
          ref={more}
          icon="more"
          label={t('more')}
          aria-haspopup="menu"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        {isOpen && more.current && <Menu anchor={more.current} label={t('more')} items={props.more} onClose={close} />}
      </div>
    </header>
  );
}
