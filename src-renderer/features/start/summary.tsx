/** The right side: what will be started in sentences, whether it starts now, and Launch. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { formatAccelerators } from '../../ui/format.ts';
import { useElapsed } from '../../ui/loading.tsx';
import { decimalTicks, memoryTicks, showTicks } from './amount-policy.ts';
import { totalWords } from './cluster-fold.tsx';
import { targetPath } from './mount-policy.ts';
import { timesOf } from './spec-policy.ts';
import { fieldNames, type T, useWords } from './start-words.ts';
import classes from './summary.module.css';
import type { StartForm } from './use-start-form.ts';
import { VerdictLine } from './verdict/verdict-line.tsx';
import type { Fix } from './verdict/verdict-policy.ts';

/** A wait longer than this shows its seconds. */
const secondsFromMs = 3000;

/** How far a launch of one or several sessions is. */
export interface Progress {
  readonly done: number;
  readonly count: number;
}

interface Props {
  readonly form: StartForm;
  /** Null: no launch is under way. */
  readonly launching: Progress | null;
  /** Of a launch that ended early. */
  readonly started: Progress | null;
  readonly error: ErrorValue | null;
  readonly onFix: (fix: Fix) => void;
  /** What opens once it runs. */
  readonly opens: ReactNode;
}

export function Summary({ form, launching, started, error, onFix, opens }: Props) {
  const t = useWords();
  const some = error !== null && started !== null && started.done > 0;
  return (
    <aside className={classes.side} aria-label={t('summary')}>
      <div className={classes.sideWords}>
        <Sentences form={form} />
      </div>
      <div className={classes.sideAct}>
        {some && <p className={classes.some}>{t('launch.some', { done: started.done, count: started.count })}</p>}
        {error && <ErrorNotice error={error} />}
        {form.bounds.error && (
          <ErrorNotice error={toErrorValue(form.bounds.error)} onRetry={() => void form.bounds.refetch()} />
        )}
        <div className={classes.sideVerdict}>
          <VerdictLine verdict={form.verdict} names={fieldNames(t, form.gpuUnit)} onFix={onFix} />
        </div>
        <div className={classes.sideOpens}>{opens}</div>
        <Button
          type="submit"
          fullWidth
          disabled={launching !== null || form.verdict.kind === 'checking'}
          aria-keyshortcuts="Control+Enter"
          data-tip={t('launch.key')}
        >
          {launching ? <Launching progress={launching} /> : t('launch')}
        </Button>
      </div>
    </aside>
  );
}

function Sentences({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const { image, spec, project, resourceGroup, options } = form;
  if (!image) return null;
  const several = (options.data?.projects.length ?? 0) > 1 || spec.owner?.project !== undefined;
  const title = image.environment?.title ?? image.version.image;
  const times = timesWords(t, form);
  const mounts = spec.mounts.map(({ name, alias, readOnly }) => {
    const path = alias.trim() === '' ? '' : ` → ${targetPath(name, alias)}`;
    return `${name}${path}${readOnly ? ' (ro)' : ''}`;
  });
  const named = spec.environ.filter(({ name }) => name !== '').length;
  const ports = form.ports.ports;
  const portWords = spec.ports.flatMap(({ ports: text, name }, index) => {
    if (text.trim() === '' || form.ports.problems[index]) return [];
    return [name.trim() === '' ? text.trim() : `${text.trim()} (${name.trim()})`];
  });
  const rarer = [
    ...(spec.type === 'batch' ? [t('summary.batch')] : []),
    ...(spec.agents.length > 0 ? [t('summary.machines', { names: spec.agents.join(', ') })] : []),
    ...(named > 0 ? [t('summary.environ', { count: named })] : []),
    ...(ports.length > 0 ? [t('summary.ports', { count: ports.length, ports: portWords.join(', ') })] : []),
    ...(spec.bootstrap.trim() === '' ? [] : [t('summary.bootstrap')]),
    ...(spec.owner === null ? [] : [t('summary.owner', { email: spec.owner.email || '…' })]),
  ];
  return (
    <>
      <h3>{t('summary')}</h3>
      <p className={classes.sideName}>{form.name}</p>
      <p>
        {t('summary.image', { environment: title, version: image.version.label })}
        <br />
        <span className="numbers">{amountWords(t, form)}.</span>
      </p>
      {times && <p className="numbers">{times}</p>}
      <p>{mounts.length > 0 ? t('summary.mounts', { names: mounts.join(', ') }) : t('summary.noMounts')}</p>
      {resourceGroup && (
        <p>
          {several && project
            ? t('summary.groupProject', { group: resourceGroup, project })
            : t('summary.group', { group: resourceGroup })}
        </p>
      )}
      {rarer.length > 0 && <p>{rarer.join(' ')}</p>}
    </>
  );
}

/** `on 2 CPU, 4 GiB of memory (0.25 GiB shared), with 0.5 fGPU`. */
function amountWords(t: T, { ticks, shmem, gpuUnit, chosen }: StartForm): string {
  const show = (value: number | null, perUnit: number) => (value === null ? '…' : showTicks(value, perUnit));
  const shared = shmem.mib === null ? '…' : `${showTicks(shmem.mib, memoryTicks)} GiB`;
  return [
    t('summary.amounts', { cpu: show(ticks.cpu, decimalTicks), mem: show(ticks.mem, memoryTicks), shmem: shared }),
    ...(ticks.gpu === 0 ? [] : [t('summary.gpu', { gpu: show(ticks.gpu, decimalTicks), unit: gpuUnit })]),
    ...(Object.keys(chosen.beside).length === 0
      ? []
      : [t('summary.beside', { amounts: formatAccelerators(chosen.beside) })]),
  ].join(', ');
}

function timesWords(t: T, form: StartForm): string | null {
  const { containers, sessions } = timesOf(form.spec);
  if (containers === 1 && sessions === 1) return null;
  const amounts = totalWords(t, form, containers * sessions);
  if (containers === 1) return t('summary.timesSessions', { sessions, amounts });
  if (sessions === 1) {
    return `${t('summary.timesContainers', { containers, amounts })} ${t(`summary.${form.spec.clusterMode}`)}`;
  }
  return t('summary.times', { sessions, containers, amounts });
}

function Launching({ progress }: { readonly progress: Progress }) {
  const t = useWords();
  const elapsedMs = useElapsed();
  const { done, count } = progress;
  if (count > 1) return <span className="numbers">{t('launchingSome', { index: done + 1, count })}</span>;
  return (
    <span className="numbers">
      {elapsedMs < secondsFromMs ? t('launching') : t('launchingSeconds', { seconds: Math.floor(elapsedMs / 1000) })}
    </span>
  );
}
