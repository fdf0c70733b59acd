import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../../src-preload/contract/errors.ts';
import type { LinkState } from '../../../src-preload/contract/links.ts';
import type { ShellKind, TerminalNote } from '../../../src-preload/contract/terminals.ts';
import { TerminalConnection } from './terminal-connection.ts';

/** The main process's end of the stream. */
const main = vi.hoisted(() => ({
  written: [] as string[],
  note: (_note: TerminalNote): void => undefined,
}));

vi.mock('../../bridge.ts', () => ({
  berth: {
    connection: { on: () => () => undefined },
    windows: { onClosing: () => () => undefined },
    terminals: {
      attach: (_input: unknown, handlers: { onNote: (note: TerminalNote) => void }) => {
        main.note = handlers.onNote;
        return {
          write: (bytes: Uint8Array) => void main.written.push(new TextDecoder().decode(bytes)),
          control: () => undefined,
          close: () => undefined,
        };
      },
    },
  },
}));

describe('TerminalConnection', () => {
  let terminal: TerminalConnection;
  let skipped: number[] = [];

  const link = (state: LinkState, code?: ErrorCode): void =>
    main.note({
      type: 'state',
      state,
      since: new Date(0).toISOString(),
      nextTryAt: null,
      ...(code ? { error: { code, place: 'container', retry: 'never', params: {} } } : {}),
    });
  const attached = (resumed: boolean, over: ShellKind = 'tmux'): void => main.note({ type: 'attached', over, resumed });
  const lose = (...codes: ErrorCode[]): void => {
    link('connecting', 'tunnel-lost');
    for (const code of codes) link('failed', code);
    link('connecting');
    link('up');
  };

  beforeEach(() => {
    main.written = [];
    skipped = [];
    terminal = new TerminalConnection({
      accountId: 'account-1',
      sessionId: '6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11',
      terminalId: 'abcd',
      size: () => ({ cols: 80, rows: 24 }),
      scrollback: () => 1000,
      onData: (_chunk, done) => done(),
      onFreshShell: () => undefined,
      onSkipped: (bytes) => skipped.push(bytes),
    });
    terminal.start();
  });

  it('sends keys while the session is late, and holds them while there is no link, whatever that waits for', () => {
    attached(false);
    link('degraded', 'timeout');
    terminal.type('a');
    expect(main.written).toEqual(['a']);
    for (const state of ['connecting', 'waiting-for-network', 'signing-in'] as const) {
      link(state, 'tunnel-lost');
      terminal.type('b');
    }
    expect(main.written).toEqual(['a']);
    expect(terminal.snapshot().held).toBe(3);
    link('up');
    attached(true);
    expect(main.written).toEqual(['a', 'b', 'b', 'b']);
  });

  it('passes on how much output is missing, and stays live', () => {
    attached(false, 'shell');
    main.note({ type: 'skipped', bytes: 5_000_000 });
    expect(skipped).toEqual([5_000_000]);
    expect(terminal.snapshot().phase).toEqual({ at: 'live' });
  });

  it('offers what was typed and has not arrived when the link is lost, and types it again only when asked', () => {
    attached(false);
    for (const key of ['l', 's', '\r']) terminal.type(key);
    main.note({ type: 'arrived', bytes: 1 });
    expect(terminal.snapshot().doubt).toBeNull();
    lose();
    terminal.type('w');
    attached(true);
    expect(terminal.snapshot().doubt).toEqual({ keys: 2, bytes: new TextEncoder().encode('s\r') });
    expect(main.written).toEqual(['l', 's', '\r', 'w']);
    terminal.typeAgain();
    terminal.typeAgain();
    expect(main.written.slice(4)).toEqual(['s\r']);
    expect(terminal.snapshot().doubt).toBeNull();
    main.note({ type: 'arrived', bytes: 6 });
    lose();
    attached(true);
    expect(terminal.snapshot().doubt).toBeNull();
  });

  it.each<[string, readonly (() => void)[]]>([
    ['a new shell', [lose, () => attached(false)]],
    ['a console, which never tells', [lose, () => attached(true, 'console')]],
    ['what answers with another host key', [() => lose('host-key-changed'), () => attached(true)]],
    [
      'the one after a shell that ended',
      [() => main.note({ type: 'exited', code: 0 }), () => terminal.start(), () => attached(true)],
    ],
  ])('offers nothing of it to %s', (_name, steps) => {
    attached(false);
    terminal.type('x');
    for (const step of steps) step();
    expect(terminal.snapshot().phase.at).toBe('live');
    expect(terminal.snapshot().doubt).toBeNull();
  });

  it.each([true, false])(
    'gives nothing that was typed before a host key changed to what answers next (was attached: %s)',
    (was) => {
      if (was) attached(false);
      link('connecting', 'tunnel-lost');
      terminal.type('x');
      link('failed', 'host-key-changed');
      terminal.type('y');
      expect(terminal.snapshot()).toMatchObject({ held: 0, dropped: 1 });
      link('connecting');
      link('up');
      attached(true);
      terminal.type('z');
      expect(main.written).toEqual(['z']);
      expect(terminal.snapshot().dropped).toBe(1);
    },
  );
});
