/** The list itself: columns, rows, ticks, and the keys that act on the row one stands on. */

import { type KeyboardEvent, useCallback, useContext, useLayoutEffect, useRef, useState } from 'react';
import type { ListSort } from '../../../src-preload/contract/session-view.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { ColumnHeader } from '../../ui/cells.tsx';
import { type Modifiers, VirtualTable } from '../../ui/virtual-table.tsx';
import { isOthers, possible } from './action-policy.ts';
import { columns, type Layout, type SortColumn } from './columns-policy.ts';
import type { Selection } from './selection-policy.ts';
import { type Act, Blocked, OwnKey, SessionCells } from './session-cells.tsx';
import style from './sessions.module.css';
import { SortHeader } from './sort-header.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly sessions: readonly Session[];
  readonly layout: Layout;
  readonly sort: ListSort | null;
  readonly selection: Selection;
  readonly rowHeight: number;
  readonly activeId: string | null;
  readonly menuFor: string | null;
  readonly scrollKey: string;
  readonly act: Act;
  readonly onActivate: (session: Session, by: 'pointer' | 'keyboard') => void;
  readonly onTick: (session: Session, extend: boolean) => void;
  readonly onTickAll: () => void;
  readonly onSort: (column: SortColumn) => void;
  readonly onSize: (column: SortColumn, width: number | null) => void;
  readonly onToggleDetails: () => void;
  readonly onEnd: () => void;
}

export function SessionsTable(props: Props) {
  const { sessions, layout, selection, rowHeight, activeId, menuFor, scrollKey, act, onActivate, onTick } = props;
  const t = useWords();
  const blocked = useContext(Blocked);
  const ownKey = useContext(OwnKey);
  const active = activeId === null ? -1 : sessions.findIndex((it) => it.id === activeId);
  const rowKey = useCallback((index: number) => sessions[index]?.id ?? String(index), [sessions]);

  const key = (event: KeyboardEvent, index: number) => {
    const session = sessions[index];
    if (!session) return;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.altKey || event.key.toLowerCase() !== 'a' || !layout.ticks) return;
      event.preventDefault();
      props.onTickAll();
      return;
    }
    const can = possible(session);
    const run = (allowed: boolean, what: () => void) => {
      event.preventDefault();
      if (index !== active) onActivate(session, 'keyboard');
      if (allowed) what();
    };
    const enter = !can.use && blocked === null && !isOthers(session, ownKey);
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (name === 'Enter' || name === 't') run(enter, () => act('terminal', session));
    else if (name === 'a') run(enter, () => act('apps', session));
    else if (name === 'Delete') run(!can.terminate && blocked === null, () => act('terminate', session));
    else if (name === ' ') run(layout.ticks, () => onTick(session, event.shiftKey));
    else if (name === 'd') run(true, props.onToggleDetails);
  };

  const header = (column: SortColumn) => (
    <SortHeader
      key={column}
      column={column}
      label={t(`column.${column}`)}
      end={column !== 'name' && columns[column].end === true}
      sort={props.sort}
      onSort={props.onSort}
      onSize={props.onSize}
    />
  );

  return (
    <VirtualTable
      label={t('title')}
      columns={style.columns}
      template={layout.template}
      header={
        <>
          {layout.ticks && <TickAll sessions={sessions} selection={selection} onTickAll={props.onTickAll} />}
          {header('name')}
          {layout.shown.map(header)}
          <ColumnHeader>
            <span className="visually-hidden">{t('column.controls')}</span>
          </ColumnHeader>
        </>
      }
      count={sessions.length}
      rowHeight={rowHeight}
      rowKey={rowKey}
      renderRow={(index) => {
        const session = sessions[index];
        return (
          session && (
            <SessionCells
              session={session}
              layout={layout}
              ticked={selection.ids.has(session.id)}
              onTick={onTick}
              act={act}
              menuOpen={menuFor === session.id}
            />
          )
        );
      }}
      isTicked={(index) => selection.ids.has(sessions[index]?.id ?? '')}
      active={active}
      onActivate={(index, by, { shift, ctrl }: Modifiers) => {
        const session = sessions[index];
        if (!session) return;
        const ticks = layout.ticks && (shift || (ctrl && by === 'pointer'));
        if (ticks) {
          // A range begins where one stands.
          const from = sessions[active];
          if (shift && selection.anchor === null && from) onTick(from, false);
          onTick(session, shift);
        }
        onActivate(session, ticks ? 'keyboard' : by);
      }}
      onRowKey={key}
      scrollKey={scrollKey}
      onEnd={props.onEnd}
      entered="by-arrows"
    />
  );
}

function TickAll({ sessions, selection, onTickAll }: Pick<Props, 'sessions' | 'selection' | 'onTickAll'>) {
  const t = useWords();
  const box = useRef<HTMLInputElement>(null);
  const some = selection.ids.size > 0;
  const all = some && sessions.every((it) => selection.ids.has(it.id) || possible(it).terminate !== null);
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = some && !all;
  }, [some, all]);
  return (
    <ColumnHeader label={t('tick.all')} className={style.tick}>
      <input ref={box} type="checkbox" aria-label={t('tick.all')} checked={all} onChange={onTickAll} />
    </ColumnHeader>
  );
}

/** The width of an element that React renders, following it. */
export function useWidth(): [(it: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(1000);
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((it: HTMLElement | null) => {
    observer.current?.disconnect();
    if (!it) return;
    setWidth(it.clientWidth);
    observer.current = new ResizeObserver(() => setWidth(it.clientWidth));
    observer.current.observe(it);
  }, []);
  return [ref, width];
}
