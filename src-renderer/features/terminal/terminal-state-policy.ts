/** What a terminal is doing, from the notes of the main process. Decides what the bar says and whether keys are sent. */
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { ShellKind, TerminalNote } from '../../../src-preload/contract/terminals.ts';

export type TerminalPhase =
  /** No shell yet, or the link is coming back. */
  | { readonly at: 'connecting'; readonly sinceMs: number; readonly again: boolean }
  /** `lateSinceMs`: the session does not answer just now; keys are sent all the same. */
  | { readonly at: 'live'; readonly lateSinceMs?: number }
  | {
      readonly at: 'lost';
      readonly sinceMs: number;
      readonly nextTryMs: number | null;
      readonly waitsFor?: 'network' | 'sign-in';
      readonly error?: ErrorValue;
    }
  /** Berth let go of a link nobody used; a key brings it back. */
  | { readonly at: 'idle'; readonly sinceMs: number }
  /** The link cannot come up by itself. */
  | { readonly at: 'failed'; readonly error: ErrorValue | null }
  | { readonly at: 'exited'; readonly code: number | null }
  /** The stream to the main process is gone: closed there, or the bridge broke. */
  | { readonly at: 'closed'; readonly error: ErrorValue | null }
  /** Another window shows the shell now. */
  | { readonly at: 'moved' }
  | { readonly at: 'ended' };

export interface TerminalState {
  readonly phase: TerminalPhase;
  /** What the shell runs in, which decides whether it outlives a lost link; null until one was attached. */
  readonly over: ShellKind | null;
}

export type TerminalEvent =
  | { readonly type: 'opening'; readonly nowMs: number }
  | { readonly type: 'note'; readonly note: TerminalNote; readonly nowMs: number }
  | { readonly type: 'closed'; readonly error: ErrorValue | undefined }
  | { readonly type: 'session-ended' };

export function initialTerminalState(nowMs: number): TerminalState {
  return { phase: { at: 'connecting', sinceMs: nowMs, again: false }, over: null };
}

export function nextTerminalState(state: TerminalState, event: TerminalEvent): TerminalState {
  if (state.phase.at === 'ended') return state;
  switch (event.type) {
    case 'session-ended':
      return { ...state, phase: { at: 'ended' } };
    case 'opening':
      return { ...state, phase: connecting(state, event.nowMs) };
    case 'closed':
      return { ...state, phase: closedPhase(state, event.error) };
    case 'note':
      return afterNote(state, event.note, event.nowMs);
  }
}

function afterNote(state: TerminalState, note: TerminalNote, nowMs: number): TerminalState {
  if (note.type === 'moved') return { ...state, phase: { at: 'moved' } };
  if (note.type === 'exited') return { ...state, phase: { at: 'exited', code: note.code } };
  if (note.type === 'attached') return { over: note.over, phase: { at: 'live' } };
  if (note.type === 'taken' || note.type === 'arrived' || note.type === 'skipped') return state;
  // A shell that ended stays ended, whatever becomes of the link; only a new one changes that.
  if (state.phase.at === 'exited') return state;
  const sinceMs = timeOf(note.since) ?? nowMs;
  switch (note.state) {
    case 'up':
    case 'degraded': {
      // Up is the link only; the shell follows with `attached`.
      if (state.phase.at !== 'live') return { ...state, phase: connecting(state, sinceMs) };
      const late = note.state === 'degraded' ? { lateSinceMs: sinceMs } : {};
      return { ...state, phase: { at: 'live', ...late } };
    }
    case 'connecting':
      // Without a reason it is the first try, not a loss.
      return { ...state, phase: note.error ? lost(state, note, sinceMs) : connecting(state, sinceMs) };
    case 'waiting-for-network':
    case 'signing-in':
      return { ...state, phase: lost(state, note, sinceMs) };
    case 'idle':
      return { ...state, phase: { at: 'idle', sinceMs } };
    case 'failed':
      if (note.error && endsSession(note.error)) return { ...state, phase: { at: 'ended' } };
      return { ...state, phase: { at: 'failed', error: note.error ?? null } };
  }
}

type StateNote = Extract<TerminalNote, { type: 'state' }>;

/** Counted from the loss, whatever is waited for meanwhile. */
function lost({ phase }: TerminalState, note: StateNote, sinceMs: number): TerminalPhase {
  const waits = { 'waiting-for-network': { waitsFor: 'network' }, 'signing-in': { waitsFor: 'sign-in' } } as const;
  return {
    at: 'lost',
    sinceMs: phase.at === 'lost' ? phase.sinceMs : sinceMs,
    nextTryMs: timeOf(note.nextTryAt),
    ...(note.state === 'waiting-for-network' || note.state === 'signing-in' ? waits[note.state] : {}),
    ...(note.error ? { error: note.error } : {}),
  };
}

/** The wait is counted from where it began, so that the seconds do not start over with each try. */
function connecting(state: TerminalState, sinceMs: number): TerminalPhase {
  const { phase } = state;
  const began = phase.at === 'connecting' || phase.at === 'lost' ? phase.sinceMs : sinceMs;
  return { at: 'connecting', sinceMs: began, again: state.over !== null };
}

function closedPhase(state: TerminalState, error: ErrorValue | undefined): TerminalPhase {
  if (error && endsSession(error)) return { at: 'ended' };
  if (!error && (state.phase.at === 'exited' || state.phase.at === 'moved')) return state.phase;
  return { at: 'closed', error: error ?? null };
}

function endsSession(error: ErrorValue): boolean {
  return error.code === 'session-gone';
}

function timeOf(instant: string | null): number | null {
  const ms = instant === null ? Number.NaN : Date.parse(instant);
  return Number.isNaN(ms) ? null : ms;
}

/** Keys go to the shell only while it is there; else they are held. */
export function acceptsInput(phase: TerminalPhase): boolean {
  return phase.at === 'live';
}

/** States in which a key typed may still reach a shell later. */
export function holdsInput(phase: TerminalPhase): boolean {
  return phase.at === 'connecting' || phase.at === 'lost' || phase.at === 'idle' || isBridgeLost(phase);
}

/** The window lost the main process, not the session; it attaches again by itself once the bridge is back. */
export function isBridgeLost(phase: TerminalPhase): boolean {
  return phase.at === 'closed' && phase.error?.code === 'bridge-lost';
}

/** Stopped until a person has looked at a changed host key. */
export function isHostKeyInQuestion(phase: TerminalPhase): boolean {
  return phase.at === 'failed' && phase.error?.code === 'host-key-changed';
}

/** Whole seconds until the next try; null when it is being tried or nobody knows. */
export function secondsUntil(nextTryMs: number | null, nowMs: number): number | null {
  if (nextTryMs === null || nextTryMs <= nowMs) return null;
  return Math.ceil((nextTryMs - nowMs) / 1000);
}
