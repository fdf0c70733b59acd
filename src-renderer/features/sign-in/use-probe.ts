/** Does Backend.AI answer at a typed address, and how can one sign in there? Asked a moment after typing stops. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { ProbeResult } from '../../../src-preload/contract/sites.ts';
import { berth } from '../../bridge.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';

const debounceMs = 400;

export type Reached = Extract<ProbeResult, { reachable: true }>;

export type Probe =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'reached'; readonly site: Reached }
  | { readonly kind: 'failed'; readonly error: ErrorValue };

export function useProbe(endpoint: string): Probe & { readonly ask: () => void } {
  const typed = endpoint.trim();
  const [asked] = useDebouncedValue(typed, debounceMs);
  const query = useQuery({
    queryKey: ['sites.probe', asked],
    queryFn: ({ signal }) => berth.sites.probe({ endpoint: asked }, { signal }),
    enabled: asked.length > 3,
    staleTime: 10_000,
    gcTime: 30_000,
  });
  const ask = () => void query.refetch();
  if (typed.length <= 3) return { kind: 'none', ask };
  if (asked !== typed || query.isPending || (query.isFetching && query.data?.reachable !== true))
    return { kind: 'asking', ask };
  if (query.error) return { kind: 'failed', error: toErrorValue(query.error), ask };
  if (query.data.reachable) return { kind: 'reached', site: query.data, ask };
  return { kind: 'failed', error: query.data.error, ask };
}
