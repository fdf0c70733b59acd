/** How much: resource group, preset, and the four amounts. */
import { Select } from '@mantine/core';
import { AmountField } from './amount-field.tsx';
import { type AmountRule, formatAmount, gibBytes, judgeAmount } from './amount-policy.ts';
import { amountProblemWords, boundWords, fieldWord, useWords } from './bound-words.ts';
import { acceleratorBounds, imageCanUse } from './draft-policy.ts';
import { smallestShmemBytes } from './memory-policy.ts';
import { presetFits } from './preset-policy.ts';
import classes from './start.module.css';
import type { StartForm } from './use-start-form.ts';
import type { Field } from './verdict-policy.ts';

/** Not a preset's name: the site's names are put behind a prefix of their own. */
const customValue = 'custom';
const presetValue = (name: string) => `preset:${name}`;

export function ResourcesSection({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const { options, answer, chosen, setDraft } = form;
  const groups = options.data?.resourceGroups ?? [];

  const presets = answer.presets.map((preset) => {
    const fits = presetFits(preset, answer.bounds);
    const remark = fits ? (preset.startsNow ? '' : ` · ${t('preset.waits')}`) : ` · ${t('preset.unfit')}`;
    return { value: presetValue(preset.name), label: `${preset.name}${remark}`, disabled: !fits };
  });

  function choosePreset(value: string | null): void {
    if (value === customValue) setDraft({ custom: chosen.amounts, accelerator: chosen.accelerator });
    else if (value) setDraft({ custom: null, preset: value.slice(presetValue('').length), shmem: null });
  }

  return (
    <section className={classes.section} aria-labelledby="start-resources">
      <h3 id="start-resources">{t('resources')}</h3>
      <div className={classes.pair}>
        <Select
          size="sm"
          label={t('resourceGroup')}
          data={groups}
          value={form.resourceGroup}
          onChange={(resourceGroup) => setDraft({ resourceGroup })}
          allowDeselect={false}
          disabled={groups.length === 0}
          nothingFoundMessage={t('nothingFound')}
        />
        <Select
          size="sm"
          label={t('preset')}
          data={[{ value: customValue, label: t('custom') }, ...presets]}
          value={chosen.preset ? presetValue(chosen.preset.name) : customValue}
          onChange={choosePreset}
          allowDeselect={false}
          maxDropdownHeight={280}
        />
      </div>
      <Amount form={form} field="cpu" rule={form.rules.cpu} />
      <Amount form={form} field="mem" rule={form.rules.mem} />
      <SharedMemory form={form} />
      <Accelerator form={form} />
    </section>
  );
}

function Amount({ form, field, rule }: { readonly form: StartForm; readonly field: Field; readonly rule: AmountRule }) {
  const t = useWords();
  const text = form.chosen.amounts[field];
  const { problem } = judgeAmount(text, rule);
  return (
    <AmountField
      label={fieldWord(t, field)}
      rule={rule}
      text={text}
      onChange={(typed) => form.setAmount(field, typed)}
      words={boundWords(t, rule)}
      error={problem && amountProblemWords(t, fieldWord(t, field), problem, rule)}
    />
  );
}

function SharedMemory({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const { shmem, shmemText, draft, values, memoryBytes } = form;
  const rule: AmountRule = {
    slot: 'shmem',
    min: smallestShmemBytes / gibBytes,
    minBy: 'site',
    max: values.mem,
    maxBy: null,
    remaining: null,
    remainingBy: null,
    step: 0.25,
    exact: false,
  };
  const left = ((memoryBytes ?? 0) - (shmem.bytes ?? 0)) / gibBytes;
  return (
    <AmountField
      label={t('shmem')}
      rule={rule}
      text={shmemText}
      onChange={(typed) => form.setDraft({ shmem: typed })}
      words={[t('shmem.help')]}
      error={shmem.problem && t(`shmem.${shmem.problem}`)}
      warning={shmem.generous && draft.shmem !== null ? t('shmem.generous', { left: formatAmount(left) }) : null}
      aside={
        draft.shmem === null ? (
          <span className={classes.tag}>{t('shmem.automatic')}</span>
        ) : (
          <button type="button" className={classes.linkButton} onClick={() => form.setDraft({ shmem: null })}>
            {t('shmem.toAutomatic')}
          </button>
        )
      }
    />
  );
}

function Accelerator({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const { chosen, rules, answer, options, image } = form;
  const slots = acceleratorBounds(answer.bounds);
  const infoOf = (slot: string | null) => options.data?.slots.find((it) => it.name === slot);
  const titleOf = (slot: string) => infoOf(slot)?.title ?? slot;
  const info = infoOf(chosen.accelerator);
  // The site's own name of the slot says what kind it is (a share, a simulated one); repeating the label would not.
  const kind = info && (info.title === t('gpu') ? info.unit : info.title);
  const families = image?.version.accelerators ?? [];
  const rule = rules.gpu ?? emptyRule;
  const text = rules.gpu ? chosen.amounts.gpu : '0';
  const problem = rules.gpu ? judgeAmount(text, rule).problem : null;
  const remark = chosen.accelerator === null ? t('noAccelerator') : t('unusableAccelerator');
  return (
    <>
      <AmountField
        label={t('gpu')}
        rule={rule}
        text={text}
        disabled={rules.gpu === null}
        onChange={(typed) => form.setAmount('gpu', typed)}
        words={rules.gpu ? boundWords(t, rule) : [remark]}
        remark={rules.gpu ? (info?.description ?? null) : null}
        error={problem && amountProblemWords(t, t('gpu'), problem, rule)}
        aside={slots.length === 1 && kind !== t('gpu') && <span className={classes.tag}>{kind}</span>}
      />
      {slots.length > 1 && (
        <div className={classes.amount}>
          <span />
          <Select
            className={classes.acceleratorType ?? ''}
            aria-label={t('acceleratorType')}
            size="xs"
            data={slots.map(({ slot }) => ({
              value: slot,
              label: titleOf(slot),
              disabled: !imageCanUse(slot, families),
            }))}
            value={chosen.accelerator}
            onChange={(accelerator) => form.setDraft({ accelerator, custom: { ...chosen.amounts, gpu: '0' } })}
            allowDeselect={false}
          />
        </div>
      )}
    </>
  );
}

const emptyRule: AmountRule = {
  slot: 'none',
  min: 0,
  minBy: 'site',
  max: null,
  maxBy: null,
  remaining: null,
  remainingBy: null,
  step: 1,
  exact: true,
};
