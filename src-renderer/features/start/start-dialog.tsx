/** The dialog that starts a session. What was chosen survives closing it, a reload and a failed launch. */
import './mantine-styles.ts';
import { Modal } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useId, useRef } from 'react';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { EnvironmentSection } from './environment-section.tsx';
import { showPart } from './fold.tsx';
import { FoldersSection } from './folders/folders-section.tsx';
import { MoreSection } from './more/more-section.tsx';
import { ResourcesSection } from './resources-section.tsx';
import classes from './start.module.css';
import { useWords } from './start-words.ts';
import { Summary } from './summary.tsx';
import { type StartedSession, useLaunch } from './use-launch.ts';
import { useStartForm } from './use-start-form.ts';
import type { Fix } from './verdict/verdict-policy.ts';

export type { StartedSession };

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
    <Modal.Root opened={opened} onClose={onClose} size={1000} centered yOffset={24} xOffset={24}>
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
  const { launch, isPending, error, progress } = useLaunch(form, onStarted);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (isPending || form.verdict.kind === 'checking') return;
    const inputs = form.startInputs();
    if (inputs) launch(inputs);
    else goToTrouble(element.current);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    element.current?.requestSubmit();
  }

  function onFix(fix: Fix): void {
    if (fix.type !== 'show') form.fix(fix);
    else if (element.current) showPart(element.current, fix.part);
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
    <form ref={element} className={classes.form} onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate>
      <div className={classes.fields}>
        <EnvironmentSection form={form} nameId={nameId} />
        <ResourcesSection form={form} />
        <FoldersSection form={form} />
        <MoreSection form={form} />
      </div>
      <Summary
        form={form}
        launching={isPending ? (progress ?? { done: 0, count: 1 }) : null}
        started={progress}
        error={error && toErrorValue(error)}
        onFix={onFix}
      />
    </form>
  );
}

/** The first field that is wrong, unfolded if need be. */
function goToTrouble(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  for (let it = field?.parentElement; it; it = it.parentElement) if (it instanceof HTMLDetailsElement) it.open = true;
  field?.focus();
}
