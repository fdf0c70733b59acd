/** The dialog that starts a session. What was chosen survives closing it, a reload and a failed launch. */
import './mantine-styles.ts';
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import type { LaunchSpec } from '../../../src-preload/contract/launch-spec.ts';
import { OpensWhenRunning, type Recipe } from '../../../src-preload/contract/launches.ts';
import { useRemembered } from '../../state/remembered.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import { readDraft } from './draft-store.ts';
import { EnvironmentSection } from './environment-section.tsx';
import { showPart } from './fold.tsx';
import { FoldersSection } from './folders/folders-section.tsx';
import { MoreSection } from './more/more-section.tsx';
import { ChangesNotice } from './recipes/changes-notice.tsx';
import { OpensField } from './recipes/opens-field.tsx';
import { RecipeBar } from './recipes/recipe-bar.tsx';
import { ResourcesSection } from './resources-section.tsx';
import classes from './start.module.css';
import { useWords } from './start-words.ts';
import { Summary } from './summary.tsx';
import { type StartedSession, useLaunch } from './use-launch.ts';
import { useStartForm } from './use-start-form.ts';
import type { Fix } from './verdict/verdict-policy.ts';

export type { StartedSession };

const isOpens = (value: unknown) => value === null || OpensWhenRunning.safeParse(value).success;

interface Props {
  readonly accountId: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** A launch from elsewhere, to be put into the form. */
  readonly recipe: Recipe | null;
  readonly onRecipeTaken: () => void;
  /** The site took the request; the session may still wait. */
  readonly onStarted: (session: StartedSession) => void;
}

export function StartDialog({ accountId, opened, onClose, ...form }: Props) {
  const t = useWords();
  const bar = useRef<HTMLDivElement>(null);
  return (
    <Modal.Root opened={opened} onClose={onClose} size={1000} centered yOffset={24} xOffset={24}>
      <Modal.Overlay />
      <Modal.Content classNames={{ content: classes.content ?? '' }} radius={10}>
        <Modal.Header className={classes.header ?? ''}>
          <Modal.Title>{t('title')}</Modal.Title>
          <div ref={bar} className={classes.bar} />
          <Modal.CloseButton aria-label={t('close')} />
        </Modal.Header>
        <Modal.Body className={classes.body ?? ''}>
          <KeptForm key={accountId} accountId={accountId} bar={bar} {...form} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface KeptProps extends Omit<Props, 'opened' | 'onClose'> {
  /** The place in the dialog's head for what concerns the form as a whole. */
  readonly bar: RefObject<HTMLDivElement | null>;
}

/** The form with what was kept by the last change, read anew each time the dialog opens. */
function KeptForm(props: KeptProps) {
  const t = useWords();
  const draft = useQuery({
    queryKey: ['launches.draft', props.accountId],
    queryFn: () => readDraft(props.accountId),
    staleTime: 0,
    gcTime: 0,
  });
  // What an earlier opening read may be older than what was typed there.
  if (!draft.isFetchedAfterMount) return <Loading words={t('loading')} />;
  return <StartForm {...props} kept={draft.data ?? null} />;
}

interface FormProps extends KeptProps {
  readonly kept: LaunchSpec | null;
}

function StartForm({ accountId, kept, recipe, onRecipeTaken, bar, onStarted }: FormProps) {
  const t = useWords();
  const form = useStartForm(accountId, kept);
  const [chosenOpens, setOpens] = useRemembered<OpensWhenRunning | null>(`start.${accountId}.opens`, null, isOpens);
  const services = form.image?.version.services ?? [];
  // Another image may not have what was chosen for the last one: then nothing opens, as the field says.
  const opens = chosenOpens?.kind === 'app' && !services.includes(chosenOpens.service) ? null : chosenOpens;
  const { use } = form.recipe;
  useEffect(() => {
    if (recipe === null) return;
    use(recipe);
    onRecipeTaken();
  }, [recipe, use, onRecipeTaken]);
  const nameId = useId();
  const element = useRef<HTMLFormElement>(null);
  const { launch, isPending, error, progress } = useLaunch(form, opens, onStarted);

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

  const { changes } = form.recipe;
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
    <>
      {bar.current &&
        createPortal(
          <RecipeBar accountId={accountId} spec={form.settledSpec} onUse={use} onReset={form.reset} />,
          bar.current,
        )}
      {changes && <ChangesNotice title={changes.title} changes={changes.list} onDismiss={form.recipe.dismiss} />}
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
          opens={<OpensField services={services} value={opens} onChange={setOpens} />}
        />
      </form>
    </>
  );
}

/** The first field that is wrong, unfolded if need be. */
function goToTrouble(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  for (let it = field?.parentElement; it; it = it.parentElement) if (it instanceof HTMLDetailsElement) it.open = true;
  field?.focus();
}
