/** Sends a launch: one session after the other, so that each refusal is about one of them and the rest is not sent. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CallError } from '../../../src-preload/client.ts';
import type { OpensWhenRunning } from '../../../src-preload/contract/launches.ts';
import type { StartInput } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import type { Progress } from './summary.tsx';
import type { StartForm } from './use-start-form.ts';

export interface StartedSession {
  readonly sessionId: string;
  readonly name: string;
}

export function useLaunch(
  form: StartForm,
  opens: OpensWhenRunning | null,
  onStarted: (session: StartedSession) => void,
) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const launch = useMutation({
    mutationFn: async (inputs: readonly StartInput[]) => {
      const started: StartedSession[] = [];
      for (const input of inputs) {
        setProgress({ done: started.length, count: inputs.length });
        try {
          started.push(await berth.sessions.start(input));
        } catch (error) {
          setProgress({ done: started.length, count: inputs.length });
          await remember(form, started, opens);
          if (error instanceof CallError && error.value.code === 'name-taken') form.refuseName(input.name);
          throw error;
        }
      }
      await remember(form, started, opens);
      return started;
    },
    onSuccess: (started) => {
      form.finish();
      const [first] = started;
      if (first) onStarted(first);
    },
  });
  return {
    launch: launch.mutate,
    isPending: launch.isPending,
    error: launch.error,
    progress,
  };
}

/** Into the history, with what is to open. The sessions run whether or not this can be remembered. */
async function remember(
  form: StartForm,
  sessions: readonly StartedSession[],
  opens: OpensWhenRunning | null,
): Promise<void> {
  if (sessions.length === 0) return;
  try {
    await berth.launches.record({
      accountId: form.accountId,
      spec: form.settledSpec(),
      sessions: [...sessions],
      opens,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await berth.app.reportProblem({ message: `A launch could not be remembered: ${message}` }).catch(() => {});
  }
}
