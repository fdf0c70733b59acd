/** Which dialog is open over the list. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { AppsDialog } from './apps-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { LogDialog } from './log-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { SshDialog } from './ssh-dialog.tsx';
import { TerminateDialog } from './terminate-dialog.tsx';

export type Asked =
  | { readonly what: 'apps' | 'ssh' | 'terminate' | 'force' | 'rename' | 'log'; readonly session: Session }
  | { readonly what: 'keys' };

interface Props {
  readonly accountId: string;
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
  readonly onClose: () => void;
}

export function SessionDialogs({ accountId, asked, onAsk, onClose }: Props) {
  switch (asked.what) {
    case 'apps':
      return (
        <AppsDialog
          accountId={accountId}
          session={asked.session}
          onSsh={() => onAsk({ what: 'ssh', session: asked.session })}
          onClose={onClose}
        />
      );
    case 'ssh':
      return <SshDialog accountId={accountId} session={asked.session} onClose={onClose} />;
    case 'terminate':
    case 'force':
      return (
        <TerminateDialog
          accountId={accountId}
          session={asked.session}
          forced={asked.what === 'force'}
          onClose={onClose}
        />
      );
    case 'rename':
      return <RenameDialog accountId={accountId} session={asked.session} onClose={onClose} />;
    case 'log':
      return <LogDialog accountId={accountId} session={asked.session} onClose={onClose} />;
    case 'keys':
      return <KeysDialog onClose={onClose} />;
  }
}
