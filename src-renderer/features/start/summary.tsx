/** The right side: what will be started in sentences, whether it starts now, and Launch. */
import { Button } from '@mantine/core';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { formatBytes } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { useElapsed } from '../../ui/loading.tsx';
import { formatAmount } from './amount-policy.ts';
import { cannotWords, useWords, waitWords } from './bound-words.ts';
import classes from './summary.module.css';
import type { StartForm } from './use-start-form.ts';
import type { Verdict } from './verdict-policy.ts';

/** A wait longer than this shows its seconds. */
const secondsFromMs = 3000;

interface Props {
  readonly form: StartForm;
  readonly launching: boolean;
  readonly error: ErrorValue | null;
}

export function Summary({ form, launching, error }: Props) {
  const t = useWords();
  return (
    <aside className={classes.side} aria-label={t('summary')}>
      <div className={classes.sideWords}>
        <Sentences form={form} />
      </div>
      <div className={classes.sideAct}>
        {error && <ErrorNotice error={error} />}
        {form.bounds.error && (
          <ErrorNotice error={toErrorValue(form.bounds.error)} onRetry={() => void form.bounds.refetch()} />
        )}
        <VerdictLine verdict={form.verdict} gpuUnit={gpuUnit(form)} />
        <Button type="submit" fullWidth disabled={launching || form.verdict.kind === 'checking'}>
          {launching ? <Launching /> : t('launch')}
        </Button>
      </div>
    </aside>
  );
}

function gpuUnit(form: StartForm): string {
  const { accelerator } = form.chosen;
  return form.options.data?.slots.find((it) => it.name === accelerator)?.unit ?? 'GPU';
}

function Sentences({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const { image, values, shmem, ticked, folders, project, resourceGroup, options } = form;
  if (!image) return null;
  const names = (folders.data ?? []).filter((folder) => ticked.includes(folder.id)).map((folder) => folder.name);
  const several = (options.data?.projects.length ?? 0) > 1;
  const number = (value: number | null) => (value === null ? '…' : formatAmount(value));
  const parts = [
    t('summary.amounts', {
      cpu: number(values.cpu),
      mem: number(values.mem),
      shmem: shmem.bytes === null ? '…' : formatBytes(shmem.bytes),
    }),
    ...(values.gpu === null || values.gpu > 0
      ? [t('summary.gpu', { gpu: number(values.gpu), unit: gpuUnit(form) })]
      : []),
  ];
  return (
    <>
      <h3>{t('summary')}</h3>
      <p className={classes.sideName}>{form.draft.name.trim()}</p>
      <p>
        {t('summary.image', { environment: image.environment.title, version: image.version.label })}
        <br />
        <span className="numbers">{parts.join(', ')}.</span>
      </p>
      <p>{names.length > 0 ? t('summary.mounts', { names: names.join(', ') }) : t('summary.noMounts')}</p>
      {resourceGroup && (
        <p>
          {several && project
            ? t('summary.groupProject', { group: resourceGroup, project })
            : t('summary.group', { group: resourceGroup })}
        </p>
      )}
    </>
  );
}

function VerdictLine({ verdict, gpuUnit: unit }: { readonly verdict: Verdict; readonly gpuUnit: string }) {
  const t = useWords();
  const lines =
    verdict.kind === 'cannot'
      ? verdict.reasons.map((reason) => cannotWords(t, reason))
      : verdict.kind === 'wait'
        ? [
            ...verdict.reasons.map((reason) => waitWords(t, reason, unit)),
            ...(verdict.downloads ? [t('wait.download')] : []),
          ]
        : [];
  return (
    <div role="status" className={classes.verdict} data-kind={verdict.kind}>
      <Icon
        name={
          verdict.kind === 'now' ? 'check' : verdict.kind === 'wait' || verdict.kind === 'cannot' ? 'warning' : 'info'
        }
      />
      {verdict.kind === 'checking' ? <Checking /> : <strong>{headline(t, verdict)}</strong>}
      {lines.length > 0 && (
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function headline(t: ReturnType<typeof useWords>, verdict: Exclude<Verdict, { kind: 'checking' }>): string {
  return verdict.kind === 'now' && verdict.downloads ? t('verdict.download') : t(`verdict.${verdict.kind}`);
}

function Checking() {
  const t = useWords();
  const elapsedMs = useElapsed();
  return (
    <span>
      {elapsedMs < secondsFromMs
        ? t('verdict.checking')
        : t('verdict.checkingSeconds', { seconds: Math.floor(elapsedMs / 1000) })}
    </span>
  );
}

function Launching() {
  const t = useWords();
  const elapsedMs = useElapsed();
  return (
    <span className="numbers">
      {elapsedMs < secondsFromMs ? t('launching') : t('launchingSeconds', { seconds: Math.floor(elapsedMs / 1000) })}
    </span>
  );
}
