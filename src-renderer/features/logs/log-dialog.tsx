/** A log over the window, as large as it may be. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { LogView } from './log-view.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly kernelId: string | null;
  readonly onClose: () => void;
}

export function LogDialog({ accountId, session, kernelId, onClose }: Props) {
  const t = useWords();
  return (
    <Dialog title={t('title', { name: session.name })} width={1200} onClose={onClose}>
      <LogView
        accountId={accountId}
        sessionId={session.id}
        name={session.name}
        kernels={session.kernels}
        kernelId={kernelId}
      />
    </Dialog>
  );
}
