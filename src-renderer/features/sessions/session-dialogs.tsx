/** Which dialog is open over the list. */
import type { ReactNode } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { AppsDialog } from './apps-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { SshDialog } from './ssh-dialog.tsx';

export type Asked =
  | { readonly what: 'apps' | 'ssh' | 'rename'; readonly session: Session }
  /** Of one kernel; null for the main one. */
  | { readonly what: 'log'; readonly session: Session; readonly kernelId: string | null }
  /** One or many. `force` is for those that the plain end is refused to. */
  | { readonly what: 'terminate' | 'force'; readonly sessions: readonly Session[] }
  | { readonly what: 'keys' };

/** The dialog that ends sessions; composed above, with what it needs to keep files. */
export type RenderTerminate = (props: {
  readonly sessions: readonly Session[];
  readonly forced: boolean;
  readonly onClose: () => void;
}) => ReactNode;

/** A log over the window; composed above. */
export type RenderLog = (props: {
  readonly session: Session;
  readonly kernelId: string | null;
  readonly onClose: () => void;
}) => ReactNode;

interface Props {
  readonly accountId: string;
  readonly renderTerminate: RenderTerminate;
  readonly renderLog: RenderLog;
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
  readonly onClose: () => void;
}

export function SessionDialogs({ accountId, renderTerminate, renderLog, asked, onAsk, onClose }: Props) {
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
      return renderTerminate({ sessions: asked.sessions, forced: asked.what === 'force', onClose });
    case 'rename':
      return <RenameDialog accountId={accountId} session={asked.session} onClose={onClose} />;
    case 'log':
      return renderLog({ session: asked.session, kernelId: asked.kernelId, onClose });
    case 'keys':
      return <KeysDialog onClose={onClose} />;
  }
}
