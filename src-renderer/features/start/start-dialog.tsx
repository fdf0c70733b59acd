/** The dialog that starts a session. What was chosen survives closing it, a reload and a failed launch. */
import './mantine-styles.ts';
import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useRef } from 'react';
import { CallError } from '../../../src-preload/client.ts';
import type { StartInput } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { useWords } from './bound-words.ts';
import { EnvironmentSection } from './environment-section.tsx';
import { FoldersSection } from './folders-section.tsx';
import { MoreSection } from './more-section.tsx';
import { ResourcesSection } from './resources-section.tsx';
import classes from './start.module.css';
import { Summary } from './summary.tsx';
import { useStartForm } from './use-start-form.ts';

export interface StartedSession {
  readonly sessionId: string;
  readonly name: string;
}

interface Props {
  readonly accountId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The site took the request; the session may still wait. */
  readonly onStarted: (session: StartedSession) => void;
}

export function StartDialog({ accountId, opened, onClose, onStarted }: Props) {
  const t = useWords();
  return (
    <Modal.Root opened={opened} onClose={onClose} size={960} centered yOffset={24} xOffset={24}>
      <Modal.Overlay />
      <Modal.Content classNames={{ content: classes.content ?? '' }} radius={10}>
        <Modal.Header className={classes.header ?? ''}>
          <Modal.Title>{t('title')}</Modal.Title>
          <Modal.CloseButton aria-label={t('close')} />
        </Modal.Header>
        <Modal.Body className={classes.body ?? ''}>
          <StartForm key={accountId} accountId={accountId} onStarted={onStarted} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function StartForm({ accountId, onStarted }: { accountId: string; onStarted: (session: StartedSession) => void }) {
  const t = useWords();
  const form = useStartForm(accountId);
  const nameId = useId();
  const element = useRef<HTMLFormElement>(null);
  const launch = useMutation({
    mutationFn: (input: StartInput) => berth.sessions.start(input),
    onSuccess: (session) => {
      form.finish();
      onStarted(session);
    },
    onError: (error, input) => {
      if (error instanceof CallError && error.value.code === 'name-taken') form.refuseName(input.name);
    },
  });

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (launch.isPending || form.verdict.kind === 'checking') return;
    const input = form.verdict.kind === 'cannot' ? null : form.startInput();
    if (input) launch.mutate(input);
    else element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  if (form.options.error) {
    return (
      <div className={classes.problem}>
        <ErrorNotice
          error={toErrorValue(form.options.error)}
          busy={form.options.isFetching}
          onRetry={() => void form.options.refetch()}
        />
      </div>
    );
  }
  if (!form.options.data) return <Loading words={t('loading')} />;
  return (
    <form ref={element} className={classes.form} onSubmit={onSubmit} noValidate>
      <div className={classes.fields}>
        <EnvironmentSection form={form} nameId={nameId} />
        <ResourcesSection form={form} />
        <FoldersSection form={form} />
        <MoreSection form={form} />
      </div>
      <Summary form={form} launching={launch.isPending} error={launch.error && toErrorValue(launch.error)} />
    </form>
  );
}
