/**
 * Byte streams to a service inside a session: launch it once, then one forwarded channel a connection. Where the SSH
 * server cannot forward or there is none, each connection takes its own WebSocket instead.
 */
import type { Duplex } from 'node:stream';
import type { SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { abortable } from './abortable.ts';
import type { SessionFacts } from './connect-session.ts';
import type { SshConnection } from './ssh-connection.ts';
import { WsDuplex } from './ws-duplex.ts';

/** Launching through the site may take this long on slow images (tunnels reference, sections 1.4 and 1.7). */
const launchTimeoutMs = 60_000;
/** Each direct connection is a signed handshake that counts in the site's rate limit. */
const directEveryMs = 3_000;

export interface Dialer {
  /** Starts the service where it is not started yet. Throws BerthError with the site's reason. */
  launch(service: string, signal?: AbortSignal): Promise<void>;
  dial(service: string, port: number, signal?: AbortSignal): Promise<Duplex>;
}

export interface DialerDeps {
  api(): SiteApi;
  readonly sessionId: string;
  readonly facts: SessionFacts;
  readonly clock: Clock;
  /** The link's connection once it is up. */
  connection(signal?: AbortSignal): Promise<SshConnection>;
}

export function createDialer(deps: DialerDeps): Dialer {
  const launched = new Map<string, Promise<void>>();
  const goesDirect = new Set<string>();
  const directAt = new Map<string, number>();

  const startThroughSite = async (service: string): Promise<void> => {
    const services = await deps.facts.services();
    const info = services.find((entry) => entry.name === service);
    if (!info) throw new BerthError('service-unknown', { place: 'container', params: { service } });
    // Nothing is started for these by the platform; the person runs them.
    if (info.protocol === 'preopen') return;
    const signal = AbortSignal.timeout(launchTimeoutMs);
    const socket = await deps.api().openTunnel(deps.sessionId, service, 'httpproxy', signal);
    socket.on('error', () => undefined);
    socket.close(1000);
    socket.resume();
    deps.clock.after(1_000, () => socket.terminate());
  };

  const launch = (service: string, signal?: AbortSignal): Promise<void> => {
    let start = launched.get(service);
    if (!start) {
      start = startThroughSite(service);
      launched.set(service, start);
      start.catch(() => launched.delete(service));
    }
    return abortable(start, signal);
  };

  const direct = async (service: string, signal?: AbortSignal): Promise<Duplex> =>
    new WsDuplex(await deps.api().openTunnel(deps.sessionId, service, 'httpproxy', signal));

  return {
    launch,
    async dial(service, port, signal) {
      if (goesDirect.has(service)) return direct(service, signal);
      let connection: SshConnection;
      try {
        connection = await deps.connection(signal);
      } catch (error) {
        if (!(error instanceof BerthError) || error.code !== 'no-ssh-service') throw error;
        goesDirect.add(service);
        return direct(service, signal);
      }
      await launch(service, signal);
      try {
        return await connection.forward(port);
      } catch (error) {
        if (!(error instanceof BerthError)) throw error;
        if (error.code === 'unsupported') {
          goesDirect.add(service);
          return direct(service, signal);
        }
        if (error.code !== 'service-failed') throw error;
        // Not listening on the container's loopback: the program ended (the handshake starts it again), or it listens
        // elsewhere (the site reaches it there).
        const now = deps.clock.now();
        if (now - (directAt.get(service) ?? 0) < directEveryMs) throw error;
        directAt.set(service, now);
        launched.delete(service);
        return direct(service, signal);
      }
    },
  };
}
