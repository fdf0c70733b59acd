/** What a terminal window asks and shows over its screens. */
import { CloseDialog } from './close-dialog.tsx';
import { KeptDialog } from './kept-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import type { useClosing } from './use-closing.ts';

export type Asked =
  | { readonly kind: 'keys' }
  | { readonly kind: 'kept' }
  | { readonly kind: 'paste'; readonly text: string };

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly asked: Asked | null;
  readonly closing: ReturnType<typeof useClosing>;
  /** Terminals of this window. */
  readonly mine: readonly string[];
  readonly onTakeUp: (terminalId: string) => void;
  readonly onPaste: (text: string) => void;
  readonly onDone: () => void;
}

export function WindowDialogs({ accountId, sessionId, asked, closing, mine, onTakeUp, onPaste, onDone }: Props) {
  const { question } = closing;
  return (
    <>
      {asked?.kind === 'keys' && <KeysDialog onClose={onDone} />}
      {asked?.kind === 'kept' && (
        <KeptDialog accountId={accountId} sessionId={sessionId} mine={mine} onTakeUp={onTakeUp} onClose={onDone} />
      )}
      {asked?.kind === 'paste' && (
        <PasteDialog text={asked.text} onPaste={() => onPaste(asked.text)} onCancel={onDone} />
      )}
      {question && (
        <CloseDialog question={question} onClose={closing.confirm} onLeave={closing.leave} onCancel={closing.cancel} />
      )}
    </>
  );
}
