/** The session's name, changed in place: Enter saves, Escape gives up (web client parity P-DETAIL-03). */
import { useMutation } from '@tanstack/react-query';
import { useContext, useState } from 'react';
import { type Session, SessionName } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { Blocked } from './session-cells.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly canRename: boolean;
}

export function PanelName({ accountId, session, canRename }: Props) {
  const t = useWords();
  const d = useDetailWords();
  const blocked = useContext(Blocked);
  const [draft, setDraft] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: (name: string) => berth.sessions.rename({ accountId, sessionId: session.id, name }),
    onSuccess: () => setDraft(null),
  });
  if (draft === null) {
    return (
      <>
        <h2 className={style.name}>{session.name}</h2>
        {canRename && (
          <IconButton
            icon="rename"
            label={t('more.rename')}
            reason={blocked ?? undefined}
            onClick={() => setDraft(session.name)}
          />
        )}
      </>
    );
  }
  const valid = SessionName.safeParse(draft).success;
  const save = () => {
    if (!valid) return;
    if (draft === session.name) setDraft(null);
    else if (blocked === null) rename.mutate(draft);
  };
  return (
    <div className={style.rename}>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person asked to change exactly this
        autoFocus
        aria-label={d('rename.edit')}
        aria-invalid={!valid}
        value={draft}
        disabled={rename.isPending}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          rename.reset();
          setDraft(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter') save();
          if (event.key === 'Escape') setDraft(null);
        }}
        autoComplete="off"
        spellCheck={false}
      />
      <IconButton
        icon="check"
        label={t('rename.do')}
        reason={valid ? (blocked ?? undefined) : t('rename.rule')}
        onClick={save}
      />
      <IconButton icon="close" label={t('cancel')} onClick={() => setDraft(null)} />
      {!valid && (
        <p role="alert" className={style.renameRule}>
          {t('rename.rule')}
        </p>
      )}
      {rename.error && <ErrorNotice error={toErrorValue(rename.error)} />}
    </div>
  );
}
