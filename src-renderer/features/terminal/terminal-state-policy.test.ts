import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { LinkState } from '../../../src-preload/contract/links.ts';
import type { TerminalNote } from '../../../src-preload/contract/terminals.ts';
import {
  acceptsInput,
  holdsInput,
  initialTerminalState,
  isBridgeLost,
  nextTerminalState,
  secondsUntil,
  type TerminalEvent,
  type TerminalState,
} from './terminal-state-policy.ts';

const at = (ms: number) => new Date(ms).toISOString();
const error = (code: ErrorValue['code']): ErrorValue => ({ code, place: 'container', retry: 'never', params: {} });
const note = (it: TerminalNote): TerminalEvent => ({ type: 'note', note: it, nowMs: 9000 });
const link = (state: LinkState, sinceMs = 5000, nextMs: number | null = null): TerminalEvent =>
  note({ type: 'state', state, since: at(sinceMs), nextTryAt: nextMs === null ? null : at(nextMs) });
const lost = (sinceMs = 5000, nextMs: number | null = null): TerminalEvent =>
  note({
    type: 'state',
    state: 'connecting',
    since: at(sinceMs),
    nextTryAt: nextMs === null ? null : at(nextMs),
    error: error('tunnel-lost'),
  });
const attached = note({ type: 'attached', over: 'tmux', resumed: false });
const run = (...events: TerminalEvent[]): TerminalState => events.reduce(nextTerminalState, initialTerminalState(1000));

describe('nextTerminalState', () => {
  it('takes keys only once a shell is attached', () => {
    expect(acceptsInput(run(link('connecting')).phase)).toBe(false);
    expect(acceptsInput(run(link('up')).phase)).toBe(false);
    expect(acceptsInput(run(link('up'), attached).phase)).toBe(true);
    expect(acceptsInput(run(attached, lost()).phase)).toBe(false);
    expect(acceptsInput(run(attached, lost(), link('up')).phase)).toBe(false);
    expect(acceptsInput(run(attached, lost(), link('up'), attached).phase)).toBe(true);
  });
  it('counts a loss from its beginning through every try', () => {
    const phase = run(attached, lost(5000, 7000), link('waiting-for-network', 8000), lost(9000, 12_000)).phase;
    expect(phase).toMatchObject({ at: 'lost', sinceMs: 5000, nextTryMs: 12_000 });
    expect(run(attached, lost(5000), link('up', 7000)).phase).toMatchObject({ sinceMs: 5000, again: true });
  });
  it('goes on taking keys while the session is late to answer', () => {
    const late = run(attached, link('degraded', 7000)).phase;
    expect(late).toEqual({ at: 'live', lateSinceMs: 7000 });
    expect(acceptsInput(late)).toBe(true);
    expect(run(attached, link('degraded', 7000), link('up')).phase).toEqual({ at: 'live' });
    expect(acceptsInput(run(link('degraded')).phase)).toBe(false);
  });
  it('holds keys while it waits for a network or a sign-in, and says for which', () => {
    const waits = run(attached, lost(5000), link('waiting-for-network', 6000)).phase;
    expect(waits).toEqual({ at: 'lost', sinceMs: 5000, nextTryMs: null, waitsFor: 'network' });
    expect(run(link('signing-in')).phase).toMatchObject({ at: 'lost', waitsFor: 'sign-in' });
    expect(holdsInput(waits) && !acceptsInput(waits)).toBe(true);
  });
  it('tells the first connection from a later one', () => {
    expect(run(link('connecting', 1000)).phase).toEqual({ at: 'connecting', sinceMs: 1000, again: false });
  });
  it('keeps an ended shell ended while the link comes and goes, until a new one starts', () => {
    const exited = note({ type: 'exited', code: 1 });
    expect(run(attached, exited, lost()).phase).toEqual({ at: 'exited', code: 1 });
    expect(run(attached, exited, { type: 'closed', error: undefined }).phase.at).toBe('exited');
    expect(run(attached, exited, { type: 'opening', nowMs: 1 }).phase.at).toBe('connecting');
  });
  it('knows that another window has the shell now, until it is wanted here again', () => {
    const moved = note({ type: 'moved' });
    expect(run(attached, moved, { type: 'closed', error: undefined }).phase.at).toBe('moved');
    expect(holdsInput({ at: 'moved' }) || acceptsInput({ at: 'moved' })).toBe(false);
    expect(run(attached, moved, { type: 'opening', nowMs: 1 }).phase.at).toBe('connecting');
  });
  it('knows the end of the session from a lost window', () => {
    expect(run(attached, { type: 'closed', error: error('session-gone') }).phase.at).toBe('ended');
    const cut = run(attached, { type: 'closed', error: error('bridge-lost') }).phase;
    expect(isBridgeLost(cut)).toBe(true);
  });
  it('never leaves the end of a session', () => {
    const events = fc.oneof(
      fc.constantFrom(...LinkState.options).map((state) => link(state)),
      fc.constantFrom<TerminalEvent>(attached, note({ type: 'exited', code: 0 }), { type: 'opening', nowMs: 2 }),
      fc.constant<TerminalEvent>({ type: 'closed', error: undefined }),
    );
    fc.assert(
      fc.property(fc.array(events), fc.array(events), (before, after) => {
        expect(run(...before, { type: 'session-ended' }, ...after).phase.at).toBe('ended');
      }),
    );
  });
});

it('counts down to the next try', () => {
  expect(secondsUntil(null, 0)).toBeNull();
  expect(secondsUntil(1000, 1000)).toBeNull();
  expect(secondsUntil(2500, 1000)).toBe(2);
});
