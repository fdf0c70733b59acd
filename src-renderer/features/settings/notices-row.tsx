/** Who shows notices: the system, this browser if it may, or the window alone. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { berth } from '../../bridge.ts';
import style from './settings.module.css';
import { useWords } from './words.ts';

const permission = () => ('Notification' in globalThis ? Notification.permission : 'denied');

export function NoticesRow() {
  const t = useWords();
  const state = useQuery({ queryKey: ['notices.list'], queryFn: () => berth.notices.list() }).data;
  const [allowed, setAllowed] = useState(permission);
  if (!state) return null;
  const by = state.shownBy === 'system' ? 'system' : allowed === 'granted' ? 'browser' : 'window';
  return (
    <div className={style.row}>
      <span className={style.label}>{t('noticesBy')}</span>
      <span className={style.value}>{t(`noticesBy.${by}`)}</span>
      {by === 'window' && allowed === 'default' && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void Notification.requestPermission().then(() => setAllowed(permission()))}
        >
          {t('noticesBy.allow')}
        </Button>
      )}
    </div>
  );
}
