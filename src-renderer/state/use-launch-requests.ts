/** Launches that somebody asked for: from a file or link outside, or from a session that is listed. */
import { useCallback, useEffect, useState } from 'react';
import type { Recipe } from '../../src-preload/contract/launches.ts';
import { berth, type SessionTarget } from '../bridge.ts';

export interface LaunchRequests {
  /** A new object for each request: the launcher opens with it. */
  readonly recipe: Recipe | null;
  readonly error: unknown;
  readonly again: (target: SessionTarget) => void;
  /** The form has it: neither a dialog that opens later nor a page that comes back is to begin with it again. */
  readonly taken: () => void;
  readonly forget: () => void;
}

export function useLaunchRequests(): LaunchRequests {
  const [recipe, setRecipe] = useState<Recipe | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const take = () => {
      berth.launches.takeRequested().then(
        (requested) => requested && setRecipe(requested),
        (problem: unknown) => setError(problem),
      );
    };
    take();
    return berth.launches.onRequested(take);
  }, []);

  const again = useCallback((target: SessionTarget) => {
    setError(null);
    berth.launches.again(target).then(setRecipe, (problem: unknown) => setError(problem));
  }, []);
  const taken = useCallback(() => setRecipe(null), []);
  const forget = useCallback(() => {
    setRecipe(null);
    setError(null);
  }, []);
  return { recipe, error, again, taken, forget };
}
