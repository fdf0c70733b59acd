/** The list itself: columns, rows, and the keys that act on the row one stands on. */

import { type KeyboardEvent, useCallback } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { ColumnHeader } from '../../ui/cells.tsx';
import { VirtualTable } from '../../ui/virtual-table.tsx';
import { possible } from './action-policy.ts';
import { type Act, SessionCells } from './session-cells.tsx';
import style from './sessions.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly sessions: readonly Session[];
  readonly rowHeight: number;
  readonly activeId: string | null;
  readonly menuFor: string | null;
  readonly scrollKey: string;
  readonly act: Act;
  readonly onActivate: (session: Session, by: 'pointer' | 'keyboard') => void;
  readonly onToggleDetails: () => void;
}

export function SessionsTable(props: Props) {
  const { sessions, rowHeight, activeId, menuFor, scrollKey, act, onActivate, onToggleDetails } = props;
  const t = useWords();
  const active = activeId === null ? -1 : sessions.findIndex((it) => it.id === activeId);
  const rowKey = useCallback((index: number) => sessions[index]?.id ?? String(index), [sessions]);

  const key = (event: KeyboardEvent, index: number) => {
    const session = sessions[index];
    if (!session) return;
    const can = possible(session);
    const run = (allowed: boolean, what: () => void) => {
      event.preventDefault();
      if (index !== active) onActivate(session, 'keyboard');
      if (allowed) what();
    };
    if (event.key === 'Enter' || event.key.toLowerCase() === 't') run(!can.enter, () => act('terminal', session));
    else if (event.key.toLowerCase() === 'a') run(!can.enter, () => act('apps', session));
    else if (event.key === 'Delete') run(!can.terminate, () => act('terminate', session));
    else if (event.key === ' ') run(true, onToggleDetails);
  };

  const column = (name: 'name' | 'status' | 'environment' | 'cpu' | 'memory' | 'gpu' | 'age') => (
    <ColumnHeader className={style[name]}>{t(`column.${name}`)}</ColumnHeader>
  );

  return (
    <VirtualTable
      label={t('title')}
      columns={style.columns}
      header={
        <>
          {column('name')}
          {column('status')}
          {column('environment')}
          {column('cpu')}
          {column('memory')}
          {column('gpu')}
          {column('age')}
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
        return session && <SessionCells session={session} act={act} menuOpen={menuFor === session.id} />;
      }}
      active={active}
      onActivate={(index, by) => {
        const session = sessions[index];
        if (session) onActivate(session, by);
      }}
      onRowKey={key}
      scrollKey={scrollKey}
      entered="by-arrows"
    />
  );
}
