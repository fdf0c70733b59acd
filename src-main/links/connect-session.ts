/** From a session to its SSH connection: services, key, signed tunnel, handshake (tunnels reference, section 10). */
import type { Accounts, ServiceInfo, SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { abortable } from './abortable.ts';
import { fingerprintOf, type HostKeys } from './host-keys.ts';
import { readSessionKey } from './session-key.ts';
import { connectSsh, type SshConnection } from './ssh-connection.ts';
import { WsDuplex } from './ws-duplex.ts';

/** The name of the SSH server among a session's services. */
export const sshService = 'sshd';

/** Middle boxes cut a WebSocket that is silent for 60 s; more often than this would skip the site's own accounting. */
const pingMs = 25_000;

export interface SessionFacts {
  services(signal?: AbortSignal): Promise<readonly ServiceInfo[]>;
  key(signal?: AbortSignal): Promise<string>;
  forgetKey(): void;
}

/** What is asked of the site once a session and then kept in memory. */
export function sessionFacts(api: () => SiteApi, sessionId: string): SessionFacts {
  let services: Promise<readonly ServiceInfo[]> | null = null;
  let key: Promise<string> | null = null;
  return {
    services(signal) {
      services ??= api()
        .services(sessionId)
        .catch((error: unknown) => {
          services = null;
          throw error;
        });
      return abortable(services, signal);
    },
    key(signal) {
      key ??= readSessionKey(api(), sessionId).catch((error: unknown) => {
        key = null;
        throw error;
      });
      return abortable(key, signal);
    },
    forgetKey() {
      key = null;
    },
  };
}

/** @throws BerthError `no-ssh-service`, `key-missing`, `key-refused`, `host-key-changed` or what the way there threw */
export async function connectSession(
  deps: {
    readonly accounts: Accounts;
    readonly hostKeys: HostKeys;
    readonly clock: Clock;
    readonly facts: SessionFacts;
  },
  ref: { readonly accountId: string; readonly sessionId: string },
  signal: AbortSignal,
): Promise<SshConnection> {
  const api = deps.accounts.api(ref.accountId);
  const siteId = deps.accounts.site(ref.accountId).id;
  const services = await deps.facts.services(signal);
  if (!services.some((service) => service.name === sshService)) {
    throw new BerthError('no-ssh-service', { place: 'container', retry: 'never' });
  }
  // Both take a round trip through the site; neither needs the other.
  const [key, tunnel] = await Promise.allSettled([
    deps.facts.key(signal),
    api.openTunnel(ref.sessionId, sshService, 'tcpproxy', signal),
  ]);
  if (tunnel.status === 'rejected') throw tunnel.reason;
  if (key.status === 'rejected') {
    tunnel.value.terminate();
    throw key.reason;
  }
  const transport = new WsDuplex(tunnel.value);
  let shownKey: Buffer | null = null;
  const ping = setInterval(() => transport.ping(), pingMs);
  ping.unref();
  transport.once('close', () => clearInterval(ping));
  try {
    return await connectSsh({
      transport,
      privateKey: key.value,
      hostVerifier: (hostKey) => {
        shownKey = hostKey;
        return deps.hostKeys.verify(siteId, ref.sessionId, hostKey);
      },
      clock: deps.clock,
      signal,
    });
  } catch (error) {
    transport.destroy();
    // The person may have put another key in place meanwhile.
    if (error instanceof BerthError && error.code === 'key-refused') deps.facts.forgetKey();
    if (error instanceof BerthError && error.code === 'host-key-changed' && shownKey !== null) {
      const expected = deps.hostKeys.fingerprint(siteId, ref.sessionId) ?? '';
      throw new BerthError('host-key-changed', {
        place: 'container',
        params: { expected, actual: fingerprintOf(shownKey) },
        cause: error,
      });
    }
    throw error;
  }
}
