/** How much: resource group, preset, the four amounts, and how often. */
import { Select } from '@mantine/core';
import { formatAccelerators } from '../../ui/format.ts';
import { AmountField } from './amount-field.tsx';
import { type AmountRule, judgeAmount, memoryTicks, showTicks } from './amount-policy.ts';
import classes from './amounts.module.css';
import { ClusterFold } from './cluster-fold.tsx';
import { smallestShmemMib } from './memory-policy.ts';
import { presetOutlook } from './preset-policy.ts';
import { PresetTiles } from './preset-tiles.tsx';
import { acceleratorBounds, imageCanUse, timesOf } from './spec-policy.ts';
import layout from './start.module.css';
import { boundWords, fieldWord, useWords } from './start-words.ts';
import type { StartForm } from './use-start-form.ts';
import type { Field } from './verdict/verdict-policy.ts';
import { amountProblemWords, useVerdictWords } from './verdict/verdict-words.ts';

/** Not a preset's name: the site's names are put behind a prefix of their own. */
const customValue = 'custom';
const minimumValue = 'minimum';
const presetPrefix = 'preset:';

export function ResourcesSection({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const { options, answer, slotBounds, chosen, setSpec, customAllowed } = form;
  const groups = options.data?.resourceGroups ?? [];
  const presets = answer.presets.map((preset) => {
    const outlook = presetOutlook(preset, slotBounds, answer.sessionsLeft);
    const remark = outlook === 'now' ? '' : ` · ${t(`preset.${outlook}`)}`;
    return { value: `${presetPrefix}${preset.name}`, label: `${preset.name}${remark}`, disabled: outlook === 'cannot' };
  });
  const own = [
    { value: customValue, label: t('custom') },
    { value: minimumValue, label: t('minimum') },
  ];

  function choosePreset(value: string | null): void {
    if (value === customValue) form.setAmounts(chosen.amounts, form.keptShmem);
    else if (value === minimumValue) form.setAmounts(leastOf(form), null);
    else if (value) setSpec({ custom: null, preset: value.slice(presetPrefix.length), shmem: null });
  }

  return (
    <section className={layout.section} aria-labelledby="start-resources">
      <h3 id="start-resources">{t('resources')}</h3>
      <div className={layout.pair}>
        <Select
          size="sm"
          label={t('resourceGroup')}
          data={groups}
          value={form.resourceGroup}
          onChange={(resourceGroup) => setSpec({ resourceGroup })}
          allowDeselect={false}
          disabled={groups.length === 0}
          searchable
          openOnFocus={false}
          nothingFoundMessage={t('nothingFound')}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Select
          size="sm"
          label={t('preset')}
          data={customAllowed ? [...own, ...presets] : presets}
          value={chosen.preset ? `${presetPrefix}${chosen.preset.name}` : customAllowed ? customValue : null}
          onChange={choosePreset}
          allowDeselect={false}
          searchable
          openOnFocus={false}
          nothingFoundMessage={t('nothingFound')}
          maxDropdownHeight={280}
          onFocus={(event) => event.currentTarget.select()}
        />
      </div>
      <PresetTiles form={form} onChoose={(name) => choosePreset(`${presetPrefix}${name}`)} />
      {!customAllowed && <p className={layout.note}>{t('presetsOnly')}</p>}
      <Amount form={form} field="cpu" rule={form.rules.cpu} />
      <Amount form={form} field="mem" rule={form.rules.mem} />
      <SharedMemory form={form} />
      <Accelerator form={form} />
      <ClusterFold form={form} />
    </section>
  );
}

/** What the image needs and no more (P-LIMIT-42). */
function leastOf({ rules }: StartForm) {
  const least = (rule: AmountRule | null) => (rule === null ? '0' : showTicks(rule.min, rule.perUnit));
  return { cpu: least(rules.cpu), mem: least(rules.mem), gpu: least(rules.gpu) };
}

function Amount({ form, field, rule }: { readonly form: StartForm; readonly field: Field; readonly rule: AmountRule }) {
  const t = useWords();
  const v = useVerdictWords();
  const text = form.chosen.amounts[field];
  const { problem } = judgeAmount(text, rule);
  return (
    <AmountField
      label={fieldWord(t, field)}
      rule={rule}
      text={text}
      disabled={!form.customAllowed}
      onChange={(typed) => form.setAmount(field, typed)}
      words={boundWords(t, v, rule, timesOf(form.spec).containers)}
      error={problem && amountProblemWords(v, fieldWord(t, field), problem, rule)}
    />
  );
}

function SharedMemory({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const v = useVerdictWords();
  const { shmem, shmemText, spec, ticks, siteShmemMib } = form;
  const most = [ticks.mem, siteShmemMib].filter((it) => it !== null);
  const rule: AmountRule = {
    slot: 'mem',
    perUnit: memoryTicks,
    min: smallestShmemMib,
    minBy: 'site',
    max: most.length > 0 ? Math.max(smallestShmemMib, Math.min(...most)) : null,
    maxBy: null,
    remaining: null,
    remainingBy: null,
    free: null,
    own: null,
    total: null,
    step: memoryTicks / 4,
    exact: false,
  };
  const show = (mib: number) => showTicks(mib, memoryTicks);
  const left = (ticks.mem ?? 0) - (shmem.mib ?? 0);
  const split = ticks.mem !== null && shmem.mib !== null && left >= 0;
  return (
    <AmountField
      label={t('shmem')}
      rule={rule}
      text={shmemText}
      onChange={(typed) => form.setSpec({ shmem: typed })}
      words={[...(split ? [t('shmem.split', { app: show(left), shared: show(shmem.mib ?? 0) })] : []), t('shmem.help')]}
      error={shmem.problem && v(`shmem.${shmem.problem}`)}
      warning={shmem.generous && spec.shmem !== null ? t('shmem.generous', { left: show(Math.max(0, left)) }) : null}
      aside={
        spec.shmem === null ? (
          <span className={classes.tag}>{t('shmem.automatic')}</span>
        ) : (
          <button type="button" className={classes.linkButton} onClick={() => form.setSpec({ shmem: null })}>
            {t('shmem.toAutomatic')}
          </button>
        )
      }
    />
  );
}

function Accelerator({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const v = useVerdictWords();
  const { chosen, rules, answer, options, image } = form;
  const slots = acceleratorBounds(answer.bounds);
  const infoOf = (slot: string | null) => options.data?.slots.find((it) => it.name === slot);
  const info = infoOf(chosen.accelerator);
  // The site's own name of the slot says what kind it is (a share, a simulated one); repeating the label would not.
  const kind = info && (info.title === t('gpu') ? info.unit : info.title);
  const families = image?.version.accelerators ?? [];
  const rule = rules.gpu ?? emptyRule;
  const text = rules.gpu ? chosen.amounts.gpu : '0';
  const problem = rules.gpu ? judgeAmount(text, rule).problem : null;
  const remark =
    chosen.accelerator === null
      ? t('noAccelerator')
      : info?.sharesMemory && chosen.acceleratorUsable
        ? t('acceleratorShares')
        : t('unusableAccelerator');
  const beside = Object.keys(chosen.beside).length > 0;
  const told = [
    info?.description ?? '',
    info?.atMostOne ? t('acceleratorOne') : '',
    beside ? t('acceleratorBeside', { amounts: formatAccelerators(chosen.beside) }) : '',
  ].filter((it) => it !== '');
  return (
    <>
      <AmountField
        label={t('gpu')}
        rule={rule}
        text={text}
        disabled={rules.gpu === null || !form.customAllowed}
        onChange={(typed) => form.setAmount('gpu', typed)}
        words={rules.gpu ? boundWords(t, v, rule, timesOf(form.spec).containers) : [remark]}
        remark={rules.gpu && told.length > 0 ? told.join(' ') : null}
        error={problem && amountProblemWords(v, t('gpu'), problem, rule)}
        aside={slots.length === 1 && kind !== t('gpu') && <span className={classes.tag}>{kind}</span>}
      />
      {slots.length > 1 && (
        <div className={classes.amount}>
          <span />
          <Select
            className={classes.acceleratorType ?? ''}
            aria-label={t('acceleratorType')}
            size="xs"
            data={slots.map(({ slot, unit }) => ({
              value: slot,
              label: [infoOf(slot)?.title ?? slot, infoOf(slot)?.unit ?? unit, slot].join(' · '),
              disabled: !imageCanUse(slot, families),
            }))}
            value={chosen.accelerator}
            onChange={(accelerator) => form.setSpec({ accelerator, custom: { ...chosen.amounts, gpu: '0' } })}
            allowDeselect={false}
          />
        </div>
      )}
    </>
  );
}

const emptyRule: AmountRule = {
  slot: 'none',
  perUnit: 1,
  min: 0,
  minBy: 'site',
  max: null,
  maxBy: null,
  remaining: null,
  remainingBy: null,
  free: null,
  own: null,
  total: null,
  step: 1,
  exact: true,
};
