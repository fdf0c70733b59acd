/** Machines to run on: chosen from those that the site shows, or named by hand. */
import { TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Machine } from '../../../../src-preload/contract/launcher.ts';
import { berth } from '../../../bridge.ts';
import { boundTicks, showTicks, ticksPerUnit } from '../amount-policy.ts';
import { acceleratorUnitOf, useWords } from '../start-words.ts';
import type { StartForm } from '../use-start-form.ts';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';

/** What is free changes with everybody's sessions. */
const machinesFreshMs = 10_000;

export function MachinesField({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const freeWords = useFreeWords(form);
  const { accountId, resourceGroup, spec, setSpec } = form;
  const machines = useQuery({
    queryKey: ['launcher.machines', accountId, resourceGroup],
    queryFn: ({ signal }) => berth.launcher.machines({ accountId, resourceGroup: resourceGroup ?? '' }, { signal }),
    enabled: resourceGroup !== null,
    staleTime: machinesFreshMs,
    // Where they are hidden, asking again changes nothing.
    retry: false,
  });
  const known = new Map((machines.data ?? []).map((machine) => [machine.id, machine]));
  return (
    <TagsInput
      size="xs"
      mb={12}
      label={t('agents')}
      description={machines.isError ? `${t('agents.hidden')} ${t('agents.help')}` : t('agents.help')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={[...known.keys()]}
      value={[...spec.agents]}
      onChange={(agents) => setSpec({ agents })}
      maxTags={64}
      spellCheck={false}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      comboboxProps={{ withinPortal: true }}
      // Enter takes a name here; the form's own would launch.
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.stopPropagation();
      }}
      renderOption={({ option }) => {
        const machine = known.get(option.value);
        return (
          <span className={classes.machine}>
            <span>{option.value}</span>
            {machine && (
              <span className={classes.machineFree}>{t('agents.free', { amounts: freeWords(machine) })}</span>
            )}
          </span>
        );
      }}
    />
  );
}

/** `6 CPU, 24 GiB, 1.5 fGPU`. */
function useFreeWords(form: StartForm): (machine: Machine) => string {
  const t = useWords();
  return ({ free }) =>
    Object.entries(free)
      .filter(([slot, amount]) => slot === 'cpu' || slot === 'mem' || Number(amount) > 0)
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([slot, amount]) => {
        const shown = showTicks(boundTicks(slot, Number(amount), 'down'), ticksPerUnit(slot));
        const unit =
          slot === 'cpu' ? t('unit.cpu') : slot === 'mem' ? t('unit.mem') : acceleratorUnitOf(form.options.data, slot);
        return `${shown} ${unit}`;
      })
      .join(', ');
}

function rank(slot: string): number {
  return slot === 'cpu' ? 0 : slot === 'mem' ? 1 : 2;
}
