/** Ends sessions and keeps what came of each: one that fails does not keep the others from being ended. */
import { useState } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { berth } from '../../bridge.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';

/** By session id; null: ended. Those that nobody has tried to end are not in it. */
export type Outcome = ReadonlyMap<string, ErrorValue | null>;

export function useEnds(accountId: string, forced: boolean) {
  const [outcome, setOutcome] = useState<Outcome>(() => new Map());
  /** Null: the site has taken it. */
  const end = async (sessionId: string): Promise<ErrorValue | null> => {
    const result = await berth.sessions.terminate({ accountId, sessionId, forced }).then(
      () => null,
      (error: unknown) => toErrorValue(error),
    );
    setOutcome((before) => new Map(before).set(sessionId, result));
    return result;
  };
  return { outcome, end };
}
