/** From a session to its SSH connection: services, key, signed tunnel, handshake (tunnels reference, section 10). */
import type { Accounts, ServiceInfo, SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { abortable } from './abortable.ts';
import { fingerprintOf, type HostKeys } from './host-keys.ts';
import { readSessionKey } from './session-key.ts';
import { connectSsh, type SshConnection, type SshConnectOptions, type SshIdentity } from './ssh-connection.ts';
import { WsDuplex } from './ws-duplex.ts';

/** The name of the SSH server among a session's services. */
export const sshService = 'sshd';

/** Middle boxes cut a WebSocket that is silent for 60 s; more often than this would skip the site's own accounting. */
const pingMs = 25_000;

export interface SessionFacts {
  services(signal?: AbortSignal): Promise<readonly ServiceInfo[]>;
  key(signal?: AbortSignal): Promise<string>;
  forgetKey(): void;
  /** The container was looked through and holds no key for this person. */
  readonly holdsNoKey: boolean;
}

/** What is asked of the site once a session and then kept in memory. */
export function sessionFacts(api: () => SiteApi, sessionId: string): SessionFacts {
  let services: Promise<readonly ServiceInfo[]> | null = null;
  let key: Promise<string> | null = null;
  let holdsNoKey = false;
  return {
    get holdsNoKey() {
      return holdsNoKey;
    },
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
        holdsNoKey = error instanceof BerthError && error.code === 'key-missing';
        throw error;
      });
      return abortable(key, signal);
    },
    forgetKey() {
      key = null;
      holdsNoKey = false;
    },
  };
}

/**
 * The container's key first, for it is the one that was made for this; then the person's own, which a keychain gives in its
 * own time and most sessions never need. Throws BerthError.
 */
async function identitiesOf(
  facts: SessionFacts,
  own: () => Promise<SshIdentity | null>,
  signal: AbortSignal,
): Promise<SshConnectOptions['identities']> {
  // With a key of their own, a container that held none is not looked through at every connection.
  const known = facts.holdsNoKey ? await own() : null;
  if (known !== null) return [known];
  try {
    return [{ kind: 'key', key: await facts.key(signal) }, own];
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'key-missing') throw error;
    const identity = await own();
    if (identity === null) throw error;
    return [identity];
  }
}

/** @throws BerthError `no-ssh-service`, `key-missing`, `key-refused`, `host-key-changed` or what the way there threw */
export async function connectSession(
  deps: {
    readonly accounts: Accounts;
    readonly hostKeys: HostKeys;
    readonly clock: Clock;
    readonly facts: SessionFacts;
    /** The person's own key, for containers that hold none for them. */
    ownIdentity?(accountId: string): Promise<SshIdentity | null>;
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
  const own = async () => (await deps.ownIdentity?.(ref.accountId)) ?? null;
  // All take their time; none needs another.
  const [identities, tunnel] = await Promise.allSettled([
    identitiesOf(deps.facts, own, signal),
    api.openTunnel(ref.sessionId, sshService, 'tcpproxy', signal),
  ]);
  if (tunnel.status === 'rejected') throw tunnel.reason;
  if (identities.status === 'rejected') {
    tunnel.value.terminate();
    throw identities.reason;
  }
  const transport = new WsDuplex(tunnel.value);
  let shownKey: Buffer | null = null;
  const ping = setInterval(() => transport.ping(), pingMs);
  ping.unref();
  transport.once('close', () => clearInterval(ping));
  try {
    const connection = await connectSsh({
      transport,
      identities: identities.value,
      hostVerifier: (hostKey) => {
        shownKey = hostKey;
        return deps.hostKeys.verify(siteId, ref.sessionId, hostKey);
      },
      clock: deps.clock,
      signal,
    });
    // SECURITY: only now, or a stranger that answered first would be the one that must come back ('pins the host key of
    // the server that lets us in' in links.itest.ts).
    if (shownKey === null || !deps.hostKeys.pin(siteId, ref.sessionId, shownKey)) {
      connection.end();
      throw new BerthError('host-key-changed', { place: 'container' });
    }
    return connection;
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
