/** Looks for loss while the dialog is open; closing it ends the looking. */
import { useQuery } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';

/** Only a running session has a container to look into. */
export function canLook(session: Pick<Session, 'family'>): boolean {
  return session.family === 'running';
}

/** @param opened tells one opening of the dialog from the next: each looks afresh */
export function useLook(accountId: string, session: Session, opened: string) {
  return useQuery({
    queryKey: ['files.look', accountId, session.id, opened],
    queryFn: ({ signal }) => berth.files.look({ accountId, sessionId: session.id }, { signal }),
    enabled: canLook(session),
    gcTime: 0,
  });
}

export function useEntries(checkId: string | undefined) {
  return useQuery({
    queryKey: ['files.entries', checkId],
    queryFn: ({ signal }) => berth.files.entries({ checkId: checkId ?? '' }, { signal }),
    enabled: checkId !== undefined,
    gcTime: 0,
  });
}
