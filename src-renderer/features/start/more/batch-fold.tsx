/** What kind of session: one to work in, or a command that runs and ends. */
import { Checkbox, Radio, Select, Textarea, TextInput } from '@mantine/core';
import type { BatchChoice, TimeUnit } from '../../../../src-preload/contract/launch-spec.ts';
import { TimeUnit as timeUnits } from '../../../../src-preload/contract/launch-spec.ts';
import { useLanguage } from '../../../i18n/words.ts';
import { longDuration } from '../../../ui/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { offsetOf, readLocal, showLocal, suggestedStart } from '../batch-policy.ts';
import { Fold } from '../fold.tsx';
import type { StartForm } from '../use-start-form.ts';
import { momentWords, useVerdictWords } from '../verdict/verdict-words.ts';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';

export function BatchFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const { spec, setSpec, batchProblems } = form;
  const isBatch = spec.type === 'batch';
  return (
    <Fold
      title={t('type')}
      state={t(`type.${spec.type}`)}
      isSet={isBatch}
      invalid={batchProblems.length > 0}
      parts={['batch']}
    >
      <Radio.Group
        aria-label={t('type')}
        value={spec.type}
        onChange={(type) => setSpec({ type: type === 'batch' ? 'batch' : 'interactive' })}
      >
        <div className={classes.radios}>
          {(['interactive', 'batch'] as const).map((type) => (
            <Radio key={type} size="xs" value={type} label={t(`type.${type}`)} description={t(`type.${type}.why`)} />
          ))}
        </div>
      </Radio.Group>
      {isBatch && <BatchFields form={form} />}
    </Fold>
  );
}

function BatchFields({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const v = useVerdictWords();
  const { batch } = form.spec;
  const change = (part: Partial<BatchChoice>) => form.setSpec({ batch: { ...batch, ...part } });
  const has = (problem: (typeof form.batchProblems)[number]) => form.batchProblems.includes(problem);
  return (
    <>
      <Textarea
        size="sm"
        label={t('command')}
        placeholder={t('command.placeholder')}
        value={batch.command}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        maxLength={65_536}
        required
        error={has('no-command') ? v('batch.no-command') : null}
        classNames={{ input: 'mono' }}
        onChange={(event) => change({ command: event.currentTarget.value })}
      />
      <div className={classes.switchLine}>
        <Checkbox
          size="xs"
          label={t('startAt')}
          checked={batch.startsAt !== null}
          onChange={(event) => change({ startsAt: event.currentTarget.checked ? suggestedStart(new Date()) : null })}
        />
        {batch.startsAt !== null && (
          <div className={classes.inset}>
            <TextInput
              size="xs"
              type="datetime-local"
              aria-label={t('startAt.label')}
              // Past days cannot be pointed at (P-LAUNCH-14); an earlier time of today is said beside the field.
              min={`${showLocal(new Date()).slice(0, 10)}T00:00`}
              value={batch.startsAt}
              error={has('past-start') ? v('batch.past-start') : has('bad-start') ? v('batch.bad-start') : null}
              onChange={(event) => change({ startsAt: event.currentTarget.value })}
            />
            <StartWords startsAt={batch.startsAt} />
          </div>
        )}
      </div>
      {form.options.data?.rules.batchTimeout && (
        <div className={classes.switchLine}>
          <Checkbox
            size="xs"
            label={t('timeout')}
            checked={batch.timeout !== null}
            onChange={(event) => change({ timeout: event.currentTarget.checked ? { amount: '1', unit: 'h' } : null })}
          />
          {batch.timeout !== null && <TimeoutFields timeout={batch.timeout} form={form} onChange={change} />}
        </div>
      )}
    </>
  );
}

/** The moment in words, with the zone in which it was typed, counting down. */
function StartWords({ startsAt }: { readonly startsAt: string }) {
  const t = useMoreWords();
  const language = useLanguage();
  const now = useNow('second');
  const at = readLocal(startsAt);
  if (at === null) return <p className={classes.words}>{t('startAt.zone', { offset: offsetOf(new Date(now)) })}</p>;
  const leftMs = at.getTime() - now;
  return (
    <p className={`${classes.words} numbers`}>
      {leftMs > 0
        ? t('startAt.words', { at: momentWords(at, language), left: longDuration(leftMs, language) })
        : t('startAt.zone', { offset: offsetOf(at) })}
    </p>
  );
}

interface TimeoutProps {
  readonly timeout: NonNullable<BatchChoice['timeout']>;
  readonly form: StartForm;
  readonly onChange: (part: Partial<BatchChoice>) => void;
}

function TimeoutFields({ timeout, form, onChange }: TimeoutProps) {
  const t = useMoreWords();
  const v = useVerdictWords();
  return (
    <div className={classes.insetRow}>
      <TextInput
        size="xs"
        inputMode="numeric"
        aria-label={t('timeout.label')}
        value={timeout.amount}
        maxLength={9}
        error={form.batchProblems.includes('bad-timeout') ? v('batch.bad-timeout') : null}
        onChange={(event) => onChange({ timeout: { ...timeout, amount: event.currentTarget.value } })}
      />
      <Select
        size="xs"
        aria-label={t('timeout.unit')}
        data={timeUnits.options.map((unit: TimeUnit) => ({ value: unit, label: t(`unit.${unit}`) }))}
        value={timeout.unit}
        allowDeselect={false}
        onChange={(unit) => onChange({ timeout: { ...timeout, unit: timeUnits.parse(unit) } })}
      />
    </div>
  );
}
