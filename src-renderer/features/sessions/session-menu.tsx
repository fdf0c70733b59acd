/** More: what is needed rarely. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { possible } from './action-policy.ts';
import type { Asked } from './session-dialogs.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly session: Session;
  readonly anchor: HTMLElement;
  readonly onAsk: (asked: Asked) => void;
  readonly onClose: () => void;
}

export function SessionMenu({ session, anchor, onAsk, onClose }: Props) {
  const t = useWords();
  const can = possible(session);
  const items: MenuItem[] = [
    ...(can.rename
      ? [
          {
            id: 'rename',
            icon: 'rename' as const,
            label: t('more.rename'),
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
    {
      id: 'id',
      icon: 'copy',
      label: t('more.copyId'),
      onSelect: () => void navigator.clipboard.writeText(session.id),
    },
    ...(can.force
      ? [
          {
            id: 'force',
            icon: 'stop' as const,
            label: t('more.force'),
            separated: true,
            onSelect: () => onAsk({ what: 'force', sessions: [session] }),
          },
        ]
      : []),
  ];
  return <Menu anchor={anchor} label={t('more.of', { name: session.name })} items={items} onClose={onClose} />;
}
