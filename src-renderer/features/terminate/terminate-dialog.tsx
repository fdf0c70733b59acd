/** The one red button: which of the dialogs that end sessions is asked for. */
import { useState } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { ForceDialog } from './force-dialog.tsx';
import { ManyDialog } from './many-dialog.tsx';
import { SingleDialog } from './single-dialog.tsx';

interface Props {
  readonly accountId: string;
  readonly sessions: readonly Session[];
  readonly forced: boolean;
  readonly onClose: () => void;
}

export function TerminateDialog({ accountId, sessions, forced, onClose }: Props) {
  /** One of many, whose files are looked at first. */
  const [keeping, setKeeping] = useState<Session | null>(null);
  /** Those that the plain end is refused to. */
  const [forcing, setForcing] = useState<readonly Session[] | null>(null);
  const [first] = sessions;
  if (first === undefined) return null;
  if (forced) return <ForceDialog accountId={accountId} sessions={sessions} onClose={onClose} />;
  if (forcing) return <ForceDialog accountId={accountId} sessions={forcing} onClose={onClose} />;
  if (keeping)
    return (
      <SingleDialog
        accountId={accountId}
        session={keeping}
        onForce={() => setForcing([keeping])}
        onClose={() => setKeeping(null)}
      />
    );
  if (sessions.length === 1)
    return <SingleDialog accountId={accountId} session={first} onForce={() => setForcing([first])} onClose={onClose} />;
  return (
    <ManyDialog accountId={accountId} sessions={sessions} onKeep={setKeeping} onForce={setForcing} onClose={onClose} />
  );
}
