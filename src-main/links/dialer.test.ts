import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { ErrorCode, ErrorPlace } from '../../src-preload/contract/errors.ts';
import type { Circuit } from '../backend/api/services-api.ts';
import type { SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import { doubleOf } from '../base/test-double.ts';
import { createDialer, type Dialer } from './dialer.ts';
import { Handshakes } from './handshakes.ts';
import type { SshConnection } from './ssh-connection.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';

const error = (code: ErrorCode, place: ErrorPlace = 'container', reason?: string | number): BerthError =>
  new BerthError(code, { place, retry: 'auto', params: reason === undefined ? {} : { reason } });

/** An open WebSocket as far as a byte stream looks at it. */
class Socket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState = 1;
  bufferedAmount = 0;
  pause = (): void => undefined;
  resume = (): void => undefined;
  close = (): void => void this.end();
  terminate = (): void => void this.end();
  answer = (): boolean => this.emit('message', Buffer.from('x'), true);
  end(): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.emit('close', 1000);
  }
}

describe('dialer', () => {
  let clock: FakeClock;
  let dialer: Dialer;
  let asked: string[];
  let forward: BerthError | null;
  let link: BerthError | null;
  let tunnel: BerthError | null;
  let offers: boolean;
  let circuit: Circuit;
  let sockets: Socket[];
  let redacted: string[];

  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    [forward, link, tunnel, offers, sockets, redacted] = [null, null, null, true, [], []];
    circuit = {
      origin: 'http://worker:1',
      cookie: 'appproxy_permit="secret"',
      cookieName: 'appproxy_permit',
      connect: async () => {
        asked.push('worker');
        return new PassThrough();
      },
    };
    const api: SiteApi = Object.assign(new (doubleOf<SiteApi>())(), {
      hearsClose: () => true,
      openTunnel: async () => {
        asked.push('tunnel');
        if (tunnel) throw tunnel;
        const socket = new Socket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      openCircuit: async () => {
        asked.push('circuit');
        return { ...circuit };
      },
    } satisfies Partial<SiteApi>);
    const connection = {
      forward: async (): Promise<Duplex> => {
        asked.push('forward');
        if (forward) throw forward;
        return new PassThrough();
      },
    } as unknown as SshConnection;
    dialer = createDialer({
      api: () => api,
      sessionId: 'id',
      facts: {
        services: async () => [{ name: 'web', protocol: 'http', ports: [80], urlTemplate: null }],
        key: () => Promise.reject(new Error('Not asked')),
        forgetKey: () => undefined,
        holdsNoKey: false,
      },
      clock,
      connection: async () => {
        if (link) throw link;
        return connection;
      },
      handshakes: new Handshakes(clock),
      offersProxy: async () => offers,
      onDetours: () => undefined,
      redact: (secret) => void redacted.push(secret),
    });
  });

  const web = (through: Circuit | null = null): Promise<Duplex> => dialer.dialWeb('web', 80, through);
  const since = (): string[] => asked.splice(0);

  it('launches once, then takes a channel a connection', async () => {
    expect(await dialer.reach('web', true)).toBeNull();
    await web();
    await web();
    expect([since(), dialer.detours]).toEqual([['tunnel', 'forward', 'forward'], []]);
  });

  it('remembers that forwarding is refused until the link is new', async () => {
    forward = error('unsupported', 'container', 1);
    await web();
    await web();
    expect(since()).toEqual(['tunnel', 'forward', 'tunnel', 'tunnel']);
    expect(dialer.detours).toEqual([{ service: 'web', way: 'site', why: 'forward-refused' }]);
    forward = null;
    dialer.forget();
    await web();
    expect([since(), dialer.detours]).toEqual([['forward'], []]);
  });

  it('takes a service to listen elsewhere only after it answered there twice', async () => {
    forward = error('service-failed', 'service', 2);
    await web();
    // Nothing came: it may be starting, and asking around again so soon would cost the rate limit.
    await expect(web()).rejects.toBe(forward);
    await clock.advance(3_000);
    await web();
    sockets.at(-1)?.answer();
    expect(dialer.detours).toEqual([]);
    await web();
    sockets.at(-1)?.answer();
    expect(dialer.detours).toEqual([{ service: 'web', way: 'site', why: 'not-on-loopback' }]);
    since();
    forward = null;
    await web();
    expect(since()).toEqual(['tunnel']);
    // It passes by itself, so the better way is looked at again.
    await clock.advance(5 * 60_000);
    await dialer.reach('web', true);
    await web();
    expect(since().at(-1)).toBe('forward');
  });

  it('tells requests that were written for another way to be written anew', async () => {
    link = error('no-ssh-service');
    tunnel = error('forbidden', 'manager');
    await expect(web()).rejects.toMatchObject({ code: 'tunnel-lost', retry: 'auto', params: { reason: 'other-way' } });
    expect(dialer.detours).toEqual([{ service: 'web', way: 'app-proxy', why: 'site-refused' }]);
    const through = await dialer.reach('web', false);
    expect(through).toMatchObject({ origin: 'http://worker:1' });
    expect(redacted).toEqual(['secret']);
    await web(through);
    await expect(web(null)).rejects.toMatchObject({ params: { reason: 'other-way' } });
    // The same circuit again is the same place: open connections go on.
    expect(await dialer.reach('web', true)).toBe(through);
    await web(through);
    circuit = { ...circuit, origin: 'http://worker:2' };
    const next = await dialer.reach('web', true);
    expect(next?.origin).toBe('http://worker:2');
    await expect(web(through)).rejects.toMatchObject({ params: { reason: 'other-way' } });
    dialer.forget();
    await expect(web(next)).rejects.toMatchObject({ params: { reason: 'other-way' } });
  });

  it('asks for a circuit again that was silent for long', async () => {
    link = error('no-ssh-service');
    tunnel = error('forbidden', 'manager');
    const through = await dialer.reach('web', true);
    await web(through);
    since();
    await clock.advance(21 * 60_000);
    await expect(web(through)).rejects.toMatchObject({ params: { reason: 'other-way' } });
    await web(await dialer.reach('web', false));
    expect(since()).toEqual(['circuit', 'worker']);
  });

  it('keeps raw bytes off the app proxy, and says what refused them', async () => {
    link = error('no-ssh-service');
    tunnel = error('forbidden', 'manager');
    await expect(dialer.dial('web', 80)).rejects.toBe(tunnel);
    await dialer.reach('web', true);
    tunnel = null;
    await dialer.dial('web', 80);
    expect(dialer.detours).toMatchObject([{ way: 'app-proxy' }]);
  });

  it('answers with the refusal where the site has no app proxy, and holds off where it limits', async () => {
    offers = false;
    link = error('no-ssh-service');
    tunnel = error('forbidden', 'manager');
    await expect(dialer.reach('web', true)).rejects.toBe(tunnel);
    tunnel = error('rate-limited', 'manager');
    await expect(web()).rejects.toBe(tunnel);
    since();
    await expect(web()).rejects.toMatchObject({ code: 'rate-limited' });
    expect(since()).toEqual([]);
    offers = true;
    await dialer.reach('web', true);
    expect(dialer.detours).toEqual([{ service: 'web', way: 'app-proxy', why: 'rate-limited' }]);
  });

  it('goes nowhere around a changed host key', async () => {
    link = error('host-key-changed');
    await expect(dialer.reach('web', true)).rejects.toBe(link);
    await expect(web()).rejects.toBe(link);
    await settle();
    expect([since(), dialer.detours]).toEqual([[], []]);
  });
});
