/**
 * Notices of the main process where the operating system does not show them: through the browser's own notifications if
 * the person has allowed those, and in the window in any case until they are dismissed.
 */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Notice, NoticeState } from '../../../src-preload/contract/notices.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import style from './notices.module.css';
import { useWords } from './words.ts';

const key = ['notices.list'] as const;

berth.notices.onChanged((state) => queryClient.setQueryData<NoticeState>(key, state));

interface Props {
  readonly onShow: (accountId: string, sessionId: string) => void;
}

const canAsk = () => 'Notification' in globalThis && Notification.permission === 'default';

export function NoticeBanners({ onShow }: Props) {
  const t = useWords();
  const state = useQuery({ queryKey: key, queryFn: () => berth.notices.list() }).data;
  const [askable, setAskable] = useState(canAsk);
  const inWindow = state?.shownBy === 'window';
  useBrowserNotifications(inWindow ? (state?.notices ?? []) : [], onShow);
  useEffect(() => berth.notices.onOpened(({ accountId, sessionId }) => onShow(accountId, sessionId)), [onShow]);
  const latest = state?.notices.at(-1);
  if (!inWindow || latest === undefined) return null;
  const more = (state?.notices.length ?? 0) - 1;
  return (
    <div role="status" className={style.banner}>
      <Icon name={latest.kind === 'ended' || latest.kind === 'saved' ? 'info' : 'warning'} />
      <span className={style.text}>
        <strong>{latest.title}</strong> {latest.body}{' '}
        {more > 0 && <span className="soft">{t('more', { count: more })}</span>}
      </span>
      {askable && (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => void Notification.requestPermission().then(() => setAskable(canAsk()))}
        >
          {t('allow')}
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={() => onShow(latest.accountId, latest.sessionId)}>
        {t('show')}
      </Button>
      <IconButton icon="close" label={t('dismiss')} onClick={() => void berth.notices.dismiss({ id: latest.id })} />
    </div>
  );
}

/** Each once a window, also over a reload; taken back with the notice. */
function useBrowserNotifications(notices: readonly Notice[], onShow: Props['onShow']): void {
  const [shown] = useState(() => new Map<string, Notification>());
  useEffect(() => {
    if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
    for (const { id, title, body, accountId, sessionId } of notices) {
      const mark = `berth.notice.${id}`;
      if (shown.has(id) || sessionStorage.getItem(mark) !== null) continue;
      sessionStorage.setItem(mark, '1');
      // The same tag in another window replaces it instead of doubling it.
      const notification = new Notification(title, { body, tag: id });
      notification.onclick = () => {
        focus();
        onShow(accountId, sessionId);
        notification.close();
      };
      shown.set(id, notification);
    }
    for (const [id, notification] of shown) {
      if (notices.some((notice) => notice.id === id)) continue;
      notification.close();
      shown.delete(id);
    }
  }, [notices, shown, onShow]);
}
