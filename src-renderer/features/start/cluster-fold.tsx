/** How often the amounts count: containers of a cluster, and sessions in one go. */
import { SegmentedControl, TextInput } from '@mantine/core';
import { useId } from 'react';
import { formatAccelerators } from '../../ui/format.ts';
import { decimalTicks, memoryTicks, showTicks } from './amount-policy.ts';
import classes from './amounts.module.css';
import { Fold } from './fold.tsx';
import { mostSessions } from './name-policy.ts';
import { readCount, timesOf } from './spec-policy.ts';
import { type T, useWords } from './start-words.ts';
import type { StartForm } from './use-start-form.ts';

/** What is asked in all: `8 CPU, 16 GiB, 2 fGPU`. */
export function totalWords(t: T, { ticks, gpuUnit, chosen }: StartForm, times: number): string {
  const amount = (value: number | null, perUnit: number, unit: string) =>
    value === null ? `… ${unit}` : `${showTicks(value * times, perUnit)} ${unit}`;
  const beside = Object.entries(chosen.beside).map(([slot, each]) => [slot, String(Number(each) * times)] as const);
  return [
    amount(ticks.cpu, decimalTicks, t('unit.cpu')),
    amount(ticks.mem, memoryTicks, t('unit.mem')),
    ...(ticks.gpu === 0 ? [] : [amount(ticks.gpu, decimalTicks, gpuUnit)]),
    ...(beside.length === 0 ? [] : [formatAccelerators(Object.fromEntries(beside))]),
  ].join(', ');
}

export function ClusterFold({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const modeId = useId();
  const { spec, setSpec, answer, startingAtOnce } = form;
  const { containers, sessions } = timesOf(spec);
  const size = readCount(spec.clusterSize);
  const count = readCount(spec.count);
  const most = answer.maxContainers;
  const set = containers > 1 || sessions > 1;
  const tooLarge = size === null || (most !== null && size > most);
  const tooMany = count === null || count > mostSessions || (count > 1 && containers > 1);
  const states = [
    ...(containers > 1 ? [t('cluster.containers', { count: containers })] : []),
    ...(sessions > 1 ? [t('cluster.sessions', { count: sessions })] : []),
  ];
  const words = [
    ...(most === null ? [] : [t('cluster.most', { count: most })]),
    ...(containers === 1 ? [] : [t('cluster.total', { amounts: totalWords(t, form, containers) })]),
    ...(startingAtOnce === null
      ? []
      : [startingAtOnce > 0 ? t('cluster.atOnce', { count: startingAtOnce }) : t('cluster.atOnceNone')]),
    ...(answer.sessionsLeft === null ? [] : [t('cluster.left', { count: answer.sessionsLeft })]),
    ...(sessions > 1 ? [t('cluster.names', { first: `${form.name}-xxxx-1` })] : []),
  ];
  return (
    <div className={classes.clusterFold}>
      <Fold
        title={t('cluster')}
        state={set ? states.join(', ') : t('cluster.alone')}
        isSet={set}
        invalid={tooLarge || tooMany}
        parts={['cluster']}
      >
        <div className={classes.counts}>
          <TextInput
            size="xs"
            label={t('cluster.size')}
            inputMode="numeric"
            value={spec.clusterSize}
            error={tooLarge}
            disabled={most === 1 && containers === 1}
            maxLength={6}
            // A cluster is started alone (P-LAUNCH-39).
            onChange={(event) => {
              const text = event.currentTarget.value;
              setSpec({ clusterSize: text, ...((readCount(text) ?? 1) > 1 ? { count: '1' } : {}) });
            }}
            onFocus={(event) => event.currentTarget.select()}
          />
          <div>
            <span className={classes.modeLabel} id={modeId}>
              {t('cluster.mode')}
            </span>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-labelledby={modeId}
              data={(['single-node', 'multi-node'] as const).map((value) => ({ value, label: t(`cluster.${value}`) }))}
              value={containers > 1 ? spec.clusterMode : 'single-node'}
              disabled={containers === 1}
              onChange={(mode) => setSpec({ clusterMode: mode === 'multi-node' ? 'multi-node' : 'single-node' })}
            />
          </div>
          <TextInput
            size="xs"
            label={t('cluster.count')}
            inputMode="numeric"
            value={spec.count}
            error={tooMany}
            disabled={containers > 1 && spec.count === '1'}
            maxLength={6}
            onChange={(event) => setSpec({ count: event.currentTarget.value })}
            onFocus={(event) => event.currentTarget.select()}
          />
        </div>
        {containers === 1 && <p className={classes.countWords}>{t('cluster.one')}</p>}
        {words.length > 0 && <p className={classes.countWords}>{words.join(' ')}</p>}
      </Fold>
    </div>
  );
}
