import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../../src-preload/contract/errors.ts';
import type { LinkState } from '../../../src-preload/contract/links.ts';
import type { TerminalNote } from '../../../src-preload/contract/terminals.ts';
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

  const link = (state: LinkState, code?: ErrorCode): void =>
    main.note({
      type: 'state',
      state,
      since: new Date(0).toISOString(),
      nextTryAt: null,
      ...(code ? { error: { code, place: 'container', retry: 'never', params: {} } } : {}),
    });
  const attached = (resumed: boolean): void => main.note({ type: 'attached', over: 'tmux', resumed });

  beforeEach(() => {
    main.written = [];
    terminal = new TerminalConnection({
      accountId: 'account-1',
      sessionId: '6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11',
      terminalId: 'abcd',
      size: () => ({ cols: 80, rows: 24 }),
      scrollback: () => 1000,
      onData: (_chunk, done) => done(),
      onFreshShell: () => undefined,
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
