/** State of the start dialog: the draft, the site's answers, and everything that follows from both. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Bound, LauncherBounds, LauncherOptions } from '../../../src-preload/contract/launcher.ts';
import type { StartInput } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import {
  type AmountRule,
  formatAmount,
  gibBytes,
  openRule,
  parseAmount,
  ruleOf,
  toBytes,
  toSlotText,
} from './amount-policy.ts';
import {
  type Amounts,
  acceleratorBounds,
  chosenAmounts,
  chosenImage,
  chosenProject,
  chosenResourceGroup,
  type Draft,
  emptyDraft,
} from './draft-policy.ts';
import { readDraft, writeDraft } from './draft-store.ts';
import { automaticShmemBytes, judgeShmem } from './memory-policy.ts';
import { inventName, nameProblem } from './name-policy.ts';
import { type Field, verdictOf } from './verdict-policy.ts';

/** What is free changes with everybody's sessions; asked again this often while the dialog is open. */
const boundsRefreshMs = 10_000;
/** Environments change rarely, and the form should stand at once when it is opened again. */
const optionsFreshMs = 60_000;

const noBounds: LauncherBounds = { bounds: [], presets: [], sessionsLeft: null };

export type StartForm = ReturnType<typeof useStartForm>;

export function useStartForm(accountId: string) {
  const [draft, setDraft] = useDraft(accountId);
  const [refusedNames, setRefusedNames] = useState<readonly string[]>([]);
  const options = useQuery({
    queryKey: ['launcher.options', accountId, draft.project],
    queryFn: ({ signal }) => berth.launcher.options({ accountId, project: draft.project }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: optionsFreshMs,
  });
  const folders = useQuery({
    queryKey: ['folders.list', accountId],
    queryFn: ({ signal }) => berth.folders.list({ accountId }, { signal }),
    staleTime: 0,
  });
  const living = useQuery({
    queryKey: ['sessions.list', accountId, 'running'],
    queryFn: () => berth.sessions.list({ accountId, tab: 'running' }),
    select: (list) => list.sessions,
  });

  const image = options.data ? chosenImage(draft, options.data) : null;
  const project = options.data ? chosenProject(draft, options.data) : null;
  const resourceGroup = options.data ? chosenResourceGroup(draft, options.data) : null;
  const subject =
    image && project && resourceGroup
      ? { accountId, project, resourceGroup, image: image.version.image, architecture: image.version.architecture }
      : null;
  const bounds = useQuery({
    queryKey: ['launcher.bounds', subject],
    queryFn: ({ signal }) => (subject ? berth.launcher.bounds(subject, { signal }) : noBounds),
    enabled: subject !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: boundsRefreshMs,
  });

  const taken = useMemo(() => {
    const here = (living.data ?? []).filter((it) => it.project === null || it.project === project);
    return new Set([...here.map((it) => it.name), ...refusedNames]);
  }, [living.data, project, refusedNames]);

  const answer = bounds.data ?? openBounds(options.data, bounds.isError);
  const chosen = chosenAmounts(draft, answer, image?.version.accelerators ?? []);
  const rules = rulesFor(answer.bounds, chosen.accelerator, chosen.acceleratorUsable);
  const values = {
    cpu: parseAmount(chosen.amounts.cpu),
    mem: parseAmount(chosen.amounts.mem),
    gpu: chosen.acceleratorUsable ? parseAmount(chosen.amounts.gpu) : 0,
  };
  const memoryBytes = values.mem === null ? null : toBytes(values.mem, boundOf(answer, 'mem'));
  const imageMinimumBytes = Number(image?.version.minimum.mem ?? 0) || 0;
  const automaticBytes = chosen.presetShmemBytes ?? automaticShmemBytes(memoryBytes ?? 0, imageMinimumBytes);
  const shmemText = draft.shmem ?? formatAmount(automaticBytes / gibBytes);
  const shmem = judgeShmem(parseAmount(shmemText), memoryBytes, imageMinimumBytes);
  const name = draft.name.trim();
  const nameTrouble = nameProblem(name, taken);

  const ticked = draft.folders.filter((id) => folders.data?.some((it) => it.id === id && !it.automatic) ?? true);
  const fields: { field: Field; text: string; rule: AmountRule }[] = [
    { field: 'cpu', text: chosen.amounts.cpu, rule: rules.cpu },
    { field: 'mem', text: chosen.amounts.mem, rule: rules.mem },
  ];
  if (rules.gpu && chosen.acceleratorUsable) fields.push({ field: 'gpu', text: chosen.amounts.gpu, rule: rules.gpu });

  const verdict = verdictOf({
    name: nameTrouble,
    missing: options.data
      ? [
          ...(image ? [] : (['no-environment'] as const)),
          ...(project ? [] : (['no-project'] as const)),
          ...(resourceGroup ? [] : (['no-resource-group'] as const)),
        ]
      : [],
    amounts: fields,
    shmem,
    installed: image?.version.installed ?? true,
    sessionsLeft: answer.sessionsLeft,
    limits: limitsState(bounds, options.isPlaceholderData || !options.data, subject !== null),
  });

  /** Null while something is missing; then the verdict says what. */
  function startInput(): StartInput | null {
    if (!subject || values.cpu === null || values.mem === null || values.gpu === null || shmem.bytes === null) {
      return null;
    }
    const slots: Record<string, string> = {
      cpu: toSlotText(values.cpu, boundOf(answer, 'cpu'), 'cpu'),
      mem: toSlotText(values.mem, boundOf(answer, 'mem'), 'mem'),
    };
    if (chosen.accelerator && values.gpu > 0) {
      slots[chosen.accelerator] = toSlotText(values.gpu, undefined, chosen.accelerator);
    }
    return { ...subject, name, slots, shmemBytes: shmem.bytes, mounts: ticked };
  }

  /** Any amount edited by hand ends the preset; the others stay as they are shown. */
  function setAmount(field: keyof Amounts, text: string): void {
    setDraft({ custom: { ...chosen.amounts, [field]: text }, accelerator: chosen.accelerator });
  }

  return {
    draft,
    setDraft,
    setAmount,
    options,
    bounds,
    folders,
    image,
    project,
    resourceGroup,
    answer,
    chosen,
    rules,
    values,
    memoryBytes,
    shmem,
    shmemText,
    nameTrouble,
    ticked,
    verdict,
    startInput,
    anotherName: () => setDraft({ name: inventName(taken, Math.random) }),
    refuseName: (refused: string) => setRefusedNames((names) => [...names, refused]),
    /** The choices stay for the next start; the name does not. */
    finish: () => setDraft({ name: inventName(new Set([...taken, name]), Math.random) }),
  };
}

/** Written to storage outside React, because a launch may answer after the dialog was closed. */
function useDraft(accountId: string): [Draft, (change: Partial<Draft>) => void] {
  const [draft, setState] = useState<Draft>(
    () => readDraft(accountId) ?? emptyDraft(inventName(new Set(), Math.random)),
  );
  const latest = useRef(draft);
  const change = useCallback(
    (part: Partial<Draft>) => {
      latest.current = { ...latest.current, ...part };
      writeDraft(accountId, latest.current);
      setState(latest.current);
    },
    [accountId],
  );
  return [draft, change];
}

function limitsState(
  bounds: { isError: boolean; isPending: boolean; isPlaceholderData: boolean },
  optionsOpen: boolean,
  asked: boolean,
): 'asked' | 'known' | 'failed' {
  if (optionsOpen) return 'asked';
  if (!asked || bounds.isError) return 'failed';
  return bounds.isPending || bounds.isPlaceholderData ? 'asked' : 'known';
}

function boundOf(answer: LauncherBounds, slot: string): Bound | undefined {
  return answer.bounds.find((bound) => bound.slot === slot);
}

/** When the limits cannot be had: the slots the site named, without limits. */
function openBounds(options: LauncherOptions | undefined, failed: boolean): LauncherBounds {
  if (!failed || !options) return noBounds;
  const bounds = options.slots.map((slot): Bound => {
    const rule = openRule(slot.name, slot.step ?? 1);
    return { ...rule, min: 0, step: slot.step ?? 1, unit: slot.unit };
  });
  return { ...noBounds, bounds };
}

function rulesFor(bounds: readonly Bound[], accelerator: string | null, usable: boolean) {
  const rule = (slot: string, step: number) => {
    const bound = bounds.find((it) => it.slot === slot);
    return bound ? ruleOf(bound) : openRule(slot, step);
  };
  const gpu = acceleratorBounds(bounds).find((bound) => bound.slot === accelerator);
  return {
    cpu: rule('cpu', 1),
    mem: rule('mem', 0.25),
    gpu: gpu && usable ? ruleOf(gpu) : null,
  };
}
