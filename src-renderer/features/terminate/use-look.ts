/** Looks for loss while the dialog is open; closing it ends the looking. */
import { useQuery } from '@tanstack/react-query';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { LossNews, LossReport } from '../../../src-preload/contract/files.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';

/** Only a running session has a container to look into. */
export function canLook(session: Pick<Session, 'family'>): boolean {
  return session.family === 'running';
}

/** @param opened tells one opening of the dialog from the next: each looks afresh */
export function useLook(accountId: string, session: Session, opened: string) {
  const queryKey = ['files.look', accountId, session.id, opened];
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => berth.files.look({ accountId, sessionId: session.id }, { signal }),
    enabled: canLook(session),
    gcTime: 0,
  });
  return { ...query, replace: (report: LossReport) => queryClient.setQueryData(queryKey, report) };
}

/** What a second look brought; `news` is null when it could not look. */
export type SecondLook =
  | { readonly news: LossNews; readonly error: null }
  | { readonly news: null; readonly error: ErrorValue };

/** Never throws: a look that fails is an answer too. */
export async function lookAgain(checkId: string): Promise<SecondLook> {
  try {
    return { news: await berth.files.lookAgain({ checkId }), error: null };
  } catch (error) {
    return { news: null, error: toErrorValue(error) };
  }
}

export function useEntries(checkId: string | undefined) {
  return useQuery({
    queryKey: ['files.entries', checkId],
    queryFn: ({ signal }) => berth.files.entries({ checkId: checkId ?? '' }, { signal }),
    enabled: checkId !== undefined,
    gcTime: 0,
  });
}
