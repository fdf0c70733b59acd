/** More: what is needed rarely. */
import { useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { possible } from './action-policy.ts';
import { Blocked } from './session-cells.tsx';
import type { Asked } from './session-dialogs.tsx';
import { useSessionLink } from './use-session-link.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly anchor: HTMLElement;
  readonly onAsk: (asked: Asked) => void;
  readonly onLaunchAgain: (session: Session) => void;
  readonly onClose: () => void;
}

export function SessionMenu({ accountId, session, anchor, onAsk, onLaunchAgain, onClose }: Props) {
  const t = useWords();
  const reason = useContext(Blocked);
  const can = possible(session);
  const link = useSessionLink(accountId, session.id);
  // Only where the plain end is refused or does not come to an end: what the site would take decides.
  const ending = useQuery({
    queryKey: ['sessions.ending', accountId, session.id, session.status],
    queryFn: () => berth.sessions.ending({ accountId, sessionId: session.id }),
    enabled: can.force,
    gcTime: 0,
  });
  const items: MenuItem[] = [
    ...(can.rename
      ? [
          {
            id: 'rename',
            icon: 'rename' as const,
            label: t('more.rename'),
            reason,
            onSelect: () => onAsk({ what: 'rename', session }),
          },
        ]
      : []),
    ...(can.log
      ? [
          {
            id: 'log',
            icon: 'log' as const,
            label: t('more.log'),
            onSelect: () => onAsk({ what: 'log', session, kernelId: null }),
          },
        ]
      : []),
    ...(session.type === 'interactive' || session.type === 'batch'
      ? [
          {
            id: 'again',
            icon: 'refresh' as const,
            label: t('more.again'),
            onSelect: () => onLaunchAgain(session),
          },
        ]
      : []),
    ...(link === null
      ? []
      : [
          {
            id: 'link',
            icon: 'link' as const,
            label: t('more.copyLink'),
            onSelect: () => void navigator.clipboard.writeText(link),
          },
        ]),
    {
      id: 'id',
      icon: 'copy',
      label: t('more.copyId'),
      onSelect: () => void navigator.clipboard.writeText(session.id),
    },
    ...(can.force && ending.data?.force === 'offered'
      ? [
          {
            id: 'force',
            icon: 'stop' as const,
            label: t('more.force'),
            reason,
            separated: true,
            onSelect: () => onAsk({ what: 'force', sessions: [session] }),
          },
        ]
      : []),
  ];
  return <Menu anchor={anchor} label={t('more.of', { name: session.name })} items={items} onClose={onClose} />;
}
