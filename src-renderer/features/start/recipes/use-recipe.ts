/** A launch from elsewhere in the form: fitted once the site has answered, and what differs as long as it is shown. */
import { useEffect, useMemo, useState } from 'react';
import type { LaunchSpec } from '../../../../src-preload/contract/launch-spec.ts';
import type { Folder, LauncherBounds, LauncherOptions } from '../../../../src-preload/contract/launcher.ts';
import type { Recipe } from '../../../../src-preload/contract/launches.ts';
import { changesOf, fitRecipe, type Here } from './fit-policy.ts';

interface Answers {
  readonly options: LauncherOptions | null;
  readonly bounds: LauncherBounds | null;
  readonly folders: readonly Folder[] | null;
  readonly living: readonly { readonly name: string }[] | null;
  readonly siteName: string;
  readonly setSpec: (spec: LaunchSpec) => void;
}

export function useRecipe({ options, bounds, folders, living, siteName, setSpec }: Answers) {
  const [shown, setShown] = useState<{ readonly recipe: Recipe; readonly taken: ReadonlySet<string> } | null>(null);
  const [asked, setAsked] = useState<Recipe | null>(null);
  const taken = useMemo(() => new Set((living ?? []).map(({ name }) => name)), [living]);
  const isReady = options !== null && folders !== null && living !== null;

  useEffect(() => {
    if (asked === null || !isReady) return;
    setAsked(null);
    setShown({ recipe: asked, taken });
    setSpec(fitRecipe(asked.spec, { options, folders, taken, siteName }));
  }, [asked, isReady, options, folders, taken, siteName, setSpec]);

  const changes = useMemo(() => {
    if (shown === null || options === null || folders === null) return null;
    // The names that were taken when it was put in: what is launched from here takes one itself.
    const here: Here = { options, folders, taken: shown.taken, siteName };
    return { title: shown.recipe.title, list: changesOf(shown.recipe, here, bounds, new Date()) };
  }, [shown, options, folders, siteName, bounds]);

  return { use: setAsked, changes, dismiss: () => setShown(null) };
}
