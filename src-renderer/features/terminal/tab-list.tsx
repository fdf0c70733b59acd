/** The tabs of a terminal window: choose, drag, rename in place, close. Arrow keys walk them. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../../ui/icons.tsx';
import { keysOf } from './keys-policy.ts';
import { maxNameLength } from './layout-policy.ts';
import { isMac } from './platform.ts';
import style from './tab-list.module.css';
import { useWords } from './terminal-words.ts';
import { useTabDrag } from './use-tab-drag.ts';

export interface ShownTab {
  /** Steady while the tab lives. */
  readonly id: string;
  readonly title: string;
  readonly rang: boolean;
}

interface Props {
  readonly tabs: readonly ShownTab[];
  readonly active: number;
  /** Which one is being renamed. */
  readonly renaming: number | null;
  readonly onShow: (at: number) => void;
  readonly onClose: (at: number) => void;
  readonly onRename: (at: number | null) => void;
  readonly onName: (at: number, name: string) => void;
  readonly onMove: (from: number, to: number) => void;
  /** What can be done with a tab is asked for, at this place. */
  readonly onMenu: (at: number, anchor: HTMLElement) => void;
}

export function TabList({ tabs, active, renaming, onShow, onClose, onRename, onName, onMove, onMenu }: Props) {
  const t = useWords();
  const list = useRef<HTMLDivElement>(null);
  const drag = useTabDrag({ list, onMove });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whichever became active comes into sight
  useEffect(() => {
    const show = () =>
      list.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    show();
    // It stays in sight when the state of the link takes room.
    const observer = new ResizeObserver(show);
    if (list.current) observer.observe(list.current);
    return () => observer.disconnect();
  }, [active, tabs.length]);

  function onKey(event: KeyboardEvent<HTMLDivElement>): void {
    const steps: Readonly<Record<string, number>> = { ArrowRight: active + 1, ArrowLeft: active - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (event.key === 'F2') onRename(active);
    else if (event.key === 'Delete') onClose(active);
    else if (to !== undefined) {
      const at = (to + tabs.length) % tabs.length;
      onShow(at);
      list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[at]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      ref={list}
      role="tablist"
      aria-label={t('tabs')}
      className={style.tabs}
      onKeyDown={onKey}
      onPointerMove={drag.move}
      onPointerUp={drag.end}
      onPointerCancel={drag.end}
    >
      {tabs.map(({ id, title, rang }, at) => (
        <span
          key={id}
          className={style.tab}
          data-active={at === active}
          data-dragged={at === drag.dragged}
          role="presentation"
        >
          {renaming === at ? (
            <NameField title={title} onDone={(name) => onName(at, name)} onCancel={() => onRename(null)} />
          ) : (
            <button
              type="button"
              role="tab"
              id={`tab-${id}`}
              aria-selected={at === active}
              aria-keyshortcuts="Delete F2 Control+Shift+PageUp Control+Shift+PageDown"
              aria-haspopup="menu"
              aria-label={rang ? t('tab.rang', { title }) : title}
              tabIndex={at === active ? 0 : -1}
              className={style.name}
              data-tip={title}
              onPointerDown={(event) => drag.begin(at, event)}
              onClick={() => {
                if (!drag.wasDragged()) onShow(at);
              }}
              onContextMenu={(event) => {
                event.preventDefault();
                onMenu(at, event.currentTarget);
              }}
              onDoubleClick={() => onRename(at)}
              onAuxClick={(event) => {
                if (event.button === 1) onClose(at);
              }}
            >
              {rang && <Icon name="bell" size={13} />}
              <span className="ellipsis">{title}</span>
            </button>
          )}
          {tabs.length > 1 && (
            // A list of tabs holds tabs only; by keys it is Delete on the tab.
            <button
              type="button"
              aria-hidden="true"
              tabIndex={-1}
              className={style.close}
              data-tip={`${t('closeTab', { title })}  ${at === active ? keysOf('close', isMac) : ''}`}
              onClick={() => onClose(at)}
            >
              <Icon name="close" size={14} />
            </button>
          )}
        </span>
      ))}
    </div>
  );
}

interface NameProps {
  readonly title: string;
  readonly onDone: (name: string) => void;
  readonly onCancel: () => void;
}

function NameField({ title, onDone, onCancel }: NameProps) {
  const t = useWords();
  const [name, setName] = useState(title);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <input
      ref={input}
      className={style.field}
      aria-label={t('tab.name')}
      maxLength={maxNameLength}
      spellCheck={false}
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => onDone(name)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') onDone(name);
        else if (event.key === 'Escape') onCancel();
      }}
    />
  );
}
