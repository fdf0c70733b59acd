/** Closing panes: what runs in them is asked about first, and kept shells end with their pane unless they are left. */
import { useState } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { berth } from '../../bridge.ts';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { acceptsInput } from './terminal-state-policy.ts';
import type { Attached } from './use-screen.ts';

export interface CloseQuestion {
  readonly panes: readonly string[];
  /** `runs`: programs do; `unkept`: a plain shell, where nobody can tell; `unseen`: the link is down. */
  readonly why: 'runs' | 'unkept' | 'unseen';
  readonly programs: readonly string[];
}

interface Options {
  readonly accountId: string;
  readonly sessionId: string;
  readonly attachedOf: (pane: string) => Attached | undefined;
  /** Takes them out of the layout. */
  readonly remove: (panes: readonly string[]) => void;
  readonly onProblem: (error: ErrorValue) => void;
}

export function useClosing({ accountId, sessionId, attachedOf, remove, onProblem }: Options) {
  const [question, setQuestion] = useState<CloseQuestion | null>(null);
  const stateOf = (pane: string) => attachedOf(pane)?.connection.snapshot();
  const isKept = (pane: string) => {
    const state = stateOf(pane);
    return state?.over === 'tmux' && state.phase.at !== 'exited' && state.phase.at !== 'ended';
  };
  const isLive = (pane: string) => {
    const state = stateOf(pane);
    return state !== undefined && acceptsInput(state.phase);
  };

  async function ask(panes: readonly string[]): Promise<CloseQuestion | null> {
    if (panes.some((pane) => isLive(pane) && stateOf(pane)?.over === 'shell')) {
      return { panes, why: 'unkept', programs: [] };
    }
    const kept = panes.filter(isKept);
    if (kept.length === 0) return null;
    const unseen: CloseQuestion = { panes, why: 'unseen', programs: [] };
    if (!kept.every(isLive)) return unseen;
    try {
      const shells = await berth.terminals.kept({ accountId, sessionId });
      const programs = shells.flatMap((it) => (kept.includes(it.terminalId) && it.program ? [it.program] : []));
      return programs.length > 0 ? { panes, why: 'runs', programs } : null;
    } catch {
      // The link went in this moment: then nothing can be seen or ended.
      return unseen;
    }
  }

  async function end(panes: readonly string[]): Promise<void> {
    const kept = panes.filter(isKept);
    const ended = Promise.all(
      kept.map((terminalId) => berth.terminals.end({ accountId, sessionId, terminalId })),
    ).catch((error: unknown) => onProblem(toErrorValue(error)));
    await ended;
    remove(panes);
  }

  return {
    question,
    close: async (panes: readonly string[]) => {
      const asked = await ask(panes);
      if (asked) setQuestion(asked);
      else await end(panes);
    },
    confirm: () => {
      if (question) void end(question.panes);
      setQuestion(null);
    },
    leave: () => {
      if (question) remove(question.panes);
      setQuestion(null);
    },
    cancel: () => setQuestion(null),
  };
}
