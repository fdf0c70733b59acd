/** State of the start dialog: what was chosen, the site's answers, and everything that follows from both. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { LaunchSpec, TypedAmounts } from '../../../src-preload/contract/launch-spec.ts';
import type { StartInput } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { accountOf, useSites } from '../../state/use-sites.ts';
import { useNow } from '../../ui/use-now.ts';
import { writeDraft } from './draft-store.ts';
import { versionKey } from './environment-policy.ts';
import { formOf, noBounds } from './form-policy.ts';
import { inventName } from './name-policy.ts';
import { useRecipe } from './recipes/use-recipe.ts';
import { allowedSpec, chosenImage, chosenProject, chosenResourceGroup, newSpec } from './spec-policy.ts';
import { startInputs } from './start-input-policy.ts';
import { acceleratorUnitOf } from './start-words.ts';
import { applyFix } from './verdict/fix-policy.ts';
import type { Field, Fix } from './verdict/verdict-policy.ts';

/** What is free changes with everybody's sessions; asked again this often while the dialog is open. */
const boundsRefreshMs = 10_000;
/** Environments change rarely, and the form should stand at once when it is opened again. */
const optionsFreshMs = 60_000;

export type StartForm = ReturnType<typeof useStartForm>;
export type Change = Partial<LaunchSpec>;

export function useStartForm(accountId: string, kept: LaunchSpec | null) {
  const [asked, setSpec] = useDraft(accountId, kept);
  const [refusedNames, setRefusedNames] = useState<readonly string[]>([]);
  const askedProject = asked.owner?.project ?? asked.project;
  const options = useQuery({
    queryKey: ['launcher.options', accountId, askedProject],
    queryFn: ({ signal }) => berth.launcher.options({ accountId, project: askedProject }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: optionsFreshMs,
  });
  const rules = options.data?.rules;
  const spec = useMemo(() => (rules ? allowedSpec(asked, rules) : asked), [asked, rules]);
  const folders = useQuery({
    queryKey: ['folders.list', accountId],
    queryFn: ({ signal }) => berth.folders.list({ accountId }, { signal }),
    staleTime: 0,
  });
  const hosts = useQuery({
    queryKey: ['folders.hosts', accountId],
    queryFn: ({ signal }) => berth.folders.hosts({ accountId }, { signal }),
    staleTime: optionsFreshMs,
  });
  const living = useQuery({
    queryKey: ['sessions.list', accountId, 'running'],
    queryFn: () => berth.sessions.list({ accountId, tab: 'running' }),
    select: (list) => list.sessions,
  });
  const subject = subjectOf(accountId, spec, options.data);
  const bounds = useQuery({
    queryKey: ['launcher.bounds', subject],
    queryFn: ({ signal }) => (subject ? berth.launcher.bounds(subject, { signal }) : noBounds),
    enabled: subject !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: boundsRefreshMs,
  });
  const nowMs = useNow('slow');

  const form = useMemo(
    () =>
      formOf(spec, {
        options: options.data ?? null,
        bounds: subject === null ? null : (bounds.data ?? null),
        limits: limitsState(bounds, options.isPlaceholderData || !options.data, subject !== null),
        folders: folders.data ?? null,
        mountHosts: hosts.data?.mountable ?? null,
        living: living.data ?? null,
        refusedNames,
        // The shared clock ticks slowly; a time chosen just now must not look past it.
        now: new Date(Math.max(nowMs, Date.now())),
      }),
    [
      spec,
      options.data,
      options.isPlaceholderData,
      bounds,
      subject,
      folders.data,
      hosts.data,
      living.data,
      refusedNames,
      nowMs,
    ],
  );
  const { chosen } = form;
  const site = accountOf(useSites().data, accountId)?.site;
  const recipe = useRecipe({
    options: options.isPlaceholderData ? null : (options.data ?? null),
    bounds: bounds.isPlaceholderData ? null : (bounds.data ?? null),
    folders: folders.data ?? null,
    living: living.data ?? null,
    siteName: site === undefined ? '' : site.isSandbox ? site.name : new URL(site.endpoint).host,
    setSpec,
  });
  const newName = () => inventName(form.taken, Math.random);

  return {
    ...form,
    recipe,
    accountId,
    spec,
    setSpec,
    options,
    bounds,
    folders,
    hosts,
    living: living.data ?? [],
    gpuUnit: acceleratorUnitOf(options.data, chosen.accelerator),
    customAllowed: options.data?.rules.customAmounts ?? true,
    /** Null while something is missing; then the verdict says what. */
    startInputs: (): StartInput[] | null =>
      options.data ? startInputs(accountId, spec, form, options.data.rules, Math.random) : null,
    /** Any amount edited by hand ends the preset; the others stay as they are shown. */
    setAmount: (field: Field, text: string) =>
      setSpec({
        custom: { ...chosen.amounts, [field]: text },
        accelerator: chosen.accelerator,
        shmem: form.keptShmem,
      }),
    setAmounts: (custom: TypedAmounts, shmem: string | null) =>
      setSpec({ custom, accelerator: chosen.accelerator, shmem }),
    fix: (fix: Fix) =>
      setSpec(
        applyFix(spec, fix, {
          amounts: chosen.amounts,
          accelerator: spec.accelerator ?? chosen.accelerator,
          shmem: form.keptShmem,
          now: new Date(),
          newName,
        }),
      ),
    /** The choices with what stands in for those that were left to Berth: kept, they mean the same tomorrow. */
    settledSpec: (): LaunchSpec => settle(spec, form),
    /** As nobody had touched it (P-LAUNCH-02). */
    reset: () => {
      recipe.dismiss();
      setSpec(newSpec(newName()));
    },
    anotherName: () => setSpec({ name: newName() }),
    refuseName: (refused: string) => setRefusedNames((names) => [...names, refused]),
    pin: async (environmentId: string, pinned: boolean) => {
      await berth.launcher.pin({ accountId, environmentId, pinned });
      await queryClient.invalidateQueries({ queryKey: ['launcher.options', accountId] });
    },
    /** The choices stay for the next start; the name does not. */
    finish: () => {
      const environmentId = form.image?.environment?.id;
      if (environmentId !== undefined) {
        void berth.launcher
          .used({ accountId, environmentId })
          .then(() => queryClient.invalidateQueries({ queryKey: ['launcher.options', accountId] }));
      }
      setSpec({ name: inventName(new Set([...form.taken, form.name]), Math.random), count: '1' });
    },
  };
}

function settle(spec: LaunchSpec, { image, project, resourceGroup, chosen }: ReturnType<typeof formOf>): LaunchSpec {
  const named = spec.manualImage.trim() !== '';
  return {
    ...spec,
    environmentId: named ? spec.environmentId : (image?.environment?.id ?? spec.environmentId),
    version: named || !image ? spec.version : versionKey(image.version),
    // Another's project is theirs alone: kept choices are for oneself.
    project: spec.owner?.project === undefined ? (project ?? spec.project) : spec.project,
    resourceGroup: resourceGroup ?? spec.resourceGroup,
    preset: chosen.preset?.name ?? spec.preset,
    accelerator: spec.custom === null ? spec.accelerator : chosen.accelerator,
  };
}

/** What limits are asked for. */
function subjectOf(accountId: string, spec: LaunchSpec, options: Parameters<typeof chosenImage>[1] | undefined) {
  const image = options ? chosenImage(spec, options) : null;
  const project = options ? chosenProject(spec, options) : null;
  const resourceGroup = options ? chosenResourceGroup(spec, options) : null;
  if (!image || !project || !resourceGroup) return null;
  // In a project of somebody else the site tells no limits, and one's own would mislead.
  if (!options?.projects.includes(project)) return null;
  return { accountId, project, resourceGroup, image: image.version.image, architecture: image.version.architecture };
}

/** Written to storage outside React, because a launch may answer after the dialog was closed. */
function useDraft(accountId: string, kept: LaunchSpec | null): [LaunchSpec, (change: Change) => void] {
  const [spec, setState] = useState<LaunchSpec>(() => kept ?? newSpec(inventName(new Set(), Math.random)));
  const latest = useRef(spec);
  const change = useCallback(
    (part: Change) => {
      latest.current = { ...latest.current, ...part };
      writeDraft(accountId, latest.current);
      setState(latest.current);
    },
    [accountId],
  );
  return [spec, change];
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
