import { getEventListeners, once } from 'node:events';
import { connect } from 'node:net';
import { Duplex, duplexPair } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { FakeClock } from '../links/testing/fake-clock.ts';
import { PortForward, waitMs } from './port-forward.ts';

describe('a port of this computer', () => {
  let forward: PortForward;
  const open = async (dial: (signal: AbortSignal) => Promise<Duplex>, clock: Clock = systemClock): Promise<void> => {
    forward = new PortForward('f', 0, {
      target: { accountId: 'a', sessionId: 's', kernel: 'main1', port: 80 },
      sessionName: () => 's',
      hold: () => ({ use: { touch: () => undefined, dispose: () => undefined }, connect: dial }),
      clock,
      onChange: () => undefined,
    });
    await forward.open();
  };
  afterEach(() => forward.dispose());

  it('cuts a connection whose other side was cut while it was opened', async () => {
    await open(async () => {
      const remote = new Duplex();
      remote.on('error', () => undefined);
      return remote.destroy(new BerthError('tunnel-lost', { place: 'container' }));
    });
    const program = connect(forward.localPort, '127.0.0.1');
    const [error] = (await once(program, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    await expect.poll(() => forward.value).toMatchObject({ connections: 0, error: { code: 'tunnel-lost' } });
  });

  it('lets go of a connection whose link is lost just after its end', async () => {
    await open(async () => {
      const [near, far] = duplexPair();
      near.on('error', () => undefined);
      near.once('end', () => process.nextTick(() => near.destroy(new BerthError('tunnel-lost', { place: 'site' }))));
      far.resume().end('all of it');
      return near;
    });
    const program = connect({ port: forward.localPort, host: '127.0.0.1', allowHalfOpen: true });
    const [text] = (await once(program, 'data')) as [Buffer];
    expect(text.toString()).toBe('all of it');
    await once(program, 'end');
    await expect.poll(() => forward.value.connections).toBe(0);
    program.destroy();
  });

  it('keeps nothing of a connection that was made, nor joins its signal to one that outlives it', async () => {
    const joined = vi.spyOn(AbortSignal, 'any');
    const signals = new Set<AbortSignal>();
    await open(async (signal) => {
      signals.add(signal);
      const [near, far] = duplexPair();
      far.resume().end();
      return near;
    });
    for (const _ of [1, 2]) await once(connect(forward.localPort, '127.0.0.1').resume(), 'close');
    expect(signals.size).toBe(2);
    expect(joined).not.toHaveBeenCalled();
    for (const signal of signals) expect(getEventListeners(signal, 'abort')).toEqual([]);
    // Those that were made are not kept to be ended.
    await forward.stop();
    for (const signal of signals) expect(signal.aborted).toBe(false);
  });

  it('gives a connection up whose link does not come in time', async () => {
    const clock = new FakeClock();
    await open((signal) => {
      const late = new BerthError('cancelled', { place: 'computer' });
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(late)));
    }, clock);
    const program = connect(forward.localPort, '127.0.0.1').on('error', () => undefined);
    program.resume();
    await expect.poll(() => forward.value.waiting).toBe(1);
    await clock.advance(waitMs);
    await expect.poll(() => program.closed).toBe(true);
    expect(forward.value).toMatchObject({ waiting: 0, error: { code: 'tunnel-lost' } });
  });

  it('ends connections that still wait when it is closed', async () => {
    const ended = new Promise<void>((resolve) => {
      void open((signal) => {
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            resolve();
            reject(new BerthError('cancelled', { place: 'computer' }));
          });
        });
      }).then(() => connect(forward.localPort, '127.0.0.1').on('error', () => undefined));
    });
    await expect.poll(() => forward?.value.waiting).toBe(1);
    await forward.stop();
    await ended;
    expect(forward.value.error).toBeUndefined();
  });
});
