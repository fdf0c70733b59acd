/** A new name, checked by the contract's own rule. */
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useContext, useId, useState } from 'react';
import { type Session, SessionName } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { refused } from '../../ui/refused.ts';
import { Blocked } from './session-cells.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onClose: () => void;
}

export function RenameDialog({ accountId, session, onClose }: Props) {
  const t = useWords();
  const formId = useId();
  const blocked = useContext(Blocked);
  const [name, setName] = useState(session.name);
  const valid = SessionName.safeParse(name).success;
  const rename = useMutation({
    mutationFn: () => berth.sessions.rename({ accountId, sessionId: session.id, name }),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!valid) return;
    if (name === session.name) onClose();
    else if (blocked === null) rename.mutate();
  };
  return (
    <Dialog
      title={t('rename.title', { name: session.name })}
      width={420}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form={formId} loading={rename.isPending} disabled={!valid} {...refused(blocked)}>
            {t('rename.do')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t('rename.label')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
          autoComplete="off"
          spellCheck={false}
          error={valid ? undefined : t('rename.rule')}
          mb={rename.error ? 12 : 0}
        />
      </form>
      {rename.error && <ErrorNotice error={toErrorValue(rename.error)} />}
    </Dialog>
  );
}
