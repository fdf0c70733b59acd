import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type Berth, CallError, createClient, type Transport } from '../src-preload/client.ts';
import { contract } from '../src-preload/contract/index.ts';
import { encodeChunk, initialCreditBytes, maxTextBytes } from '../src-preload/contract/messages.ts';
import { BerthError } from './base/berth-error.ts';
import { Bridge } from './bridge.ts';
import type { Handlers, StreamHandlers, StreamPort } from './handlers.ts';

type Ask = (name: string, input: unknown, signal: AbortSignal) => unknown;

/** Handlers for every call of the contract, all going to one function. */
function allHandlers(ask: Ask): Handlers {
  const areas = Object.entries(contract).map(([area, defs]) => [
    area,
    Object.fromEntries(
      Object.entries(defs)
        .filter(([, def]) => def.verb === 'call')
        .map(([name]) => [
          name,
          async (input: unknown, context: { signal: AbortSignal }) => ask(`${area}.${name}`, input, context.signal),
        ]),
    ),
  ]);
  return Object.fromEntries(areas) as Handlers;
}

interface Rig {
  readonly bridge: Bridge;
  readonly berth: Berth;
  readonly raw: (message: string | Uint8Array) => void;
  readonly toWindow: (string | Uint8Array)[];
  readonly refused: string[];
  readonly defects: unknown[];
  cut(): void;
}

function rig(ask: Ask, attach: (input: unknown, port: StreamPort<never, never>) => void = () => {}): Rig {
  const refused: string[] = [];
  const defects: unknown[] = [];
  const toWindow: (string | Uint8Array)[] = [];
  const bridge = new Bridge({
    handlers: allHandlers(ask),
    streams: { terminals: { attach } } as unknown as StreamHandlers,
    verifyOutputs: false,
    onDefect: (_correlation, _name, error) => defects.push(error),
    onRefused: (reason) => refused.push(reason),
  });
  let onMessage: (message: string | Uint8Array) => void = () => {};
  let onState: (state: 'open' | 'lost') => void = () => {};
  const transport: Transport = {
    send: (message) => connection.receive(message),
    onMessage: (listener) => {
      onMessage = listener;
    },
    onState: (listener) => {
      onState = listener;
    },
  };
  const berth = createClient(transport);
  const connection = bridge.connect({
    send: (message) => {
      toWindow.push(message);
      onMessage(message);
    },
    close: () => onState('lost'),
  });
  return {
    bridge,
    berth,
    raw: (message) => connection.receive(message),
    toWindow,
    refused,
    defects,
    cut: () => {
      connection.closed();
      onState('lost');
    },
  };
}

const accountId = 'account-1';
const sessionId = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
const terminal = { kind: 'terminal', accountId, sessionId } as const;

describe('calls', () => {
  test('carry input and output', async () => {
    const ask = vi.fn(async () => ({ opened: true }));
    const { berth } = rig(ask);
    await expect(berth.windows.open(terminal)).resolves.toEqual({ opened: true });
    expect(ask).toHaveBeenCalledWith('windows.open', terminal, expect.anything());
  });

  test('encode expected errors as values and defects as `internal` without their text', async () => {
    const { berth, defects } = rig((name) => {
      if (name === 'windows.open') throw new BerthError('session-gone', { place: 'manager', params: { name: 'x' } });
      throw new Error('secret inside');
    });
    const expected = await berth.windows.open(terminal).catch((error: unknown) => error);
    expect(expected).toBeInstanceOf(CallError);
    expect(expected).toMatchObject({ value: { code: 'session-gone', place: 'manager', params: { name: 'x' } } });
    const defect = await berth.sites.list().catch((error: unknown) => error);
    expect(defect).toMatchObject({ value: { code: 'internal' } });
    expect(JSON.stringify(defect)).not.toContain('secret inside');
    expect(defects).toHaveLength(1);
  });

  test('can be cancelled, which aborts the handler', async () => {
    const seen: AbortSignal[] = [];
    const { berth } = rig((_name, _input, signal) => {
      seen.push(signal);
      return new Promise(() => {});
    });
    const abort = new AbortController();
    const answer = berth.sites.list(undefined, { signal: abort.signal });
    abort.abort();
    await expect(answer).rejects.toMatchObject({ value: { code: 'cancelled' } });
    expect(seen[0]?.aborted).toBe(true);
  });

  test('fail with `bridge-lost` when the connection goes, and abort what runs', async () => {
    const seen: AbortSignal[] = [];
    const { berth, cut } = rig((_name, _input, signal) => {
      seen.push(signal);
      return new Promise(() => {});
    });
    const answer = berth.sites.list();
    cut();
    await expect(answer).rejects.toMatchObject({ value: { code: 'bridge-lost' } });
    expect(seen[0]?.aborted).toBe(true);
  });
});

describe('every call of the contract', () => {
  const calls = Object.entries(contract).flatMap(([area, defs]) =>
    Object.entries(defs).flatMap(([name, def]) => (def.verb === 'call' ? [`${area}.${name}`] : [])),
  );

  test.each(calls)('%s refuses unknown keys, wrong types and a missing input', async (name) => {
    const ask = vi.fn(async () => undefined);
    const { raw, toWindow } = rig(ask);
    const inputs = [{ unknown: 1 }, 'text', 42, [], null, { accountId: 7 }];
    for (const [index, input] of inputs.entries()) raw(JSON.stringify({ t: 'call', id: index + 1, name, input }));
    await vi.waitFor(() => expect(toWindow).toHaveLength(inputs.length + 1));
    for (const message of toWindow.slice(1))
      expect(JSON.parse(String(message))).toMatchObject({ t: 'err', error: { code: 'invalid-input' } });
    expect(ask).not.toHaveBeenCalled();
  });
});

describe('a window that breaks the protocol is cut off', () => {
  test.each([
    ['unknown call', JSON.stringify({ t: 'call', id: 1, name: 'sites.steal', input: {} })],
    ['a name that climbs', JSON.stringify({ t: 'call', id: 1, name: '__proto__.toString', input: {} })],
    ['unknown message', JSON.stringify({ t: 'eval', code: '1' })],
    ['extra key', JSON.stringify({ t: 'cancel', id: 1, more: true })],
    ['not JSON', '{'],
    ['too long', JSON.stringify({ t: 'call', id: 1, name: 'sites.list', input: 'x'.repeat(maxTextBytes) })],
    ['unknown event', JSON.stringify({ t: 'subscribe', name: 'sites.secret' })],
  ])('%s', (_what, message) => {
    const { raw, refused, bridge } = rig(() => undefined);
    raw(message);
    expect(refused).toHaveLength(1);
    expect(bridge.windowCount).toBe(0);
  });

  test('anything at all never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 64 })), (message) => {
        const { raw } = rig(() => undefined);
        raw(message);
      }),
    );
  });
});

describe('events', () => {
  test('reach only windows that subscribed', () => {
    const { berth, bridge, toWindow } = rig(() => undefined);
    const seen: unknown[] = [];
    bridge.emit('sites', 'changed', []);
    expect(toWindow).toHaveLength(1);
    const stop = berth.sites.onChanged((sites) => seen.push(sites));
    bridge.emit('sites', 'changed', []);
    stop();
    bridge.emit('sites', 'changed', []);
    expect(seen).toEqual([[]]);
  });
});

describe('streams', () => {
  const input = { accountId, sessionId, cols: 80, rows: 24, terminalId: 'abcd1234', history: 0 };

  test('never send more than the credit, which `done` gives back and nothing can raise', async () => {
    let port: StreamPort<never, never> | undefined;
    const { berth, raw } = rig(
      () => undefined,
      (_input, given) => {
        port = given;
      },
    );
    const done: (() => void)[] = [];
    berth.terminals.attach(input, { onData: (_chunk, used) => done.push(used), onNote: () => {}, onClose: () => {} });
    expect(port?.credit).toBe(initialCreditBytes);
    port?.send(new Uint8Array(initialCreditBytes));
    expect(port?.credit).toBe(0);
    expect(() => port?.send(new Uint8Array(1))).toThrow();
    const heard = vi.fn();
    port?.onCredit(heard);
    for (const used of done) used();
    for (const used of done) used();
    await Promise.resolve();
    expect(port?.credit).toBe(initialCreditBytes);
    // Many pieces taken in one turn: one message.
    expect(heard).toHaveBeenCalledOnce();
    raw(JSON.stringify({ t: 'credit', id: 1, bytes: 0x7fffffff }));
    expect(port?.credit).toBe(initialCreditBytes);
  });

  test('split long writes, carry them whole and in order', () => {
    const seen: number[] = [];
    const { berth } = rig(
      () => undefined,
      (_input, port) => port.onData((chunk) => seen.push(...chunk)),
    );
    const stream = berth.terminals.attach(input, { onData: () => {}, onNote: () => {}, onClose: () => {} });
    const bytes = Uint8Array.from({ length: 150_000 }, (_, index) => index % 251);
    stream.write(bytes);
    expect(Uint8Array.from(seen)).toEqual(bytes);
  });

  test('end on both sides when either closes', () => {
    const closed: string[] = [];
    const { berth, cut } = rig(
      () => undefined,
      (_input, port) => port.onClose(() => closed.push('main')),
    );
    const first = berth.terminals.attach(input, { onData: () => {}, onNote: () => {}, onClose: () => {} });
    first.close();
    expect(closed).toEqual(['main']);
    berth.terminals.attach(input, {
      onData: () => {},
      onNote: () => {},
      onClose: (error) => closed.push(error?.code ?? 'none'),
    });
    cut();
    expect(closed).toEqual(['main', 'main', 'bridge-lost']);
  });

  test('refuse a chunk that is too long and a control message of the wrong shape', () => {
    const first = rig(() => undefined);
    first.berth.terminals.attach(input, { onData: () => {}, onNote: () => {}, onClose: () => {} });
    first.raw(encodeChunk(1, new Uint8Array(70_000)));
    expect(first.refused).toEqual(['bad chunk']);
    const second = rig(() => undefined);
    second.berth.terminals.attach(input, { onData: () => {}, onNote: () => {}, onClose: () => {} });
    second.raw(JSON.stringify({ t: 'control', id: 1, data: { type: 'resize', cols: -1, rows: 2 } }));
    expect(second.refused).toEqual(['bad control message']);
  });
});
