/** All links: one per account and session, made on first use, ended with the session or the sign-in. */
import type { Duplex } from 'node:stream';
import type { Link as LinkValue } from '../../src-preload/contract/links.ts';
import type { Circuit } from '../backend/api/services-api.ts';
import type { Accounts, KnownSessions, ServiceInfo } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Emit } from '../handlers.ts';
import type { DocumentStore } from '../hosts/host.ts';
import { connectSession, type SessionFacts, sessionFacts, sshService } from './connect-session.ts';
import { createDialer, type Dialer } from './dialer.ts';
import { Handshakes } from './handshakes.ts';
import { createHostKeys, type HostKeys } from './host-keys.ts';
import { Link } from './link.ts';
import { idleMinutesFor, isSignInTrouble, type Surroundings, siteIdleLimitMs } from './link-policy.ts';
import type { LinkUse, UseKind } from './link-use.ts';
import { type Interfaces, isOwnHost } from './network-policy.ts';
import { NetworkWatch } from './network-watch.ts';
import type { SshConnection, SshIdentity } from './ssh-connection.ts';
import { WsDuplex } from './ws-duplex.ts';

export interface SessionRefValue {
  readonly accountId: string;
  readonly sessionId: string;
}

export interface LinksLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface LinksDeps {
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  /** Calls back each time an account can be used again. */
  readonly onConnected?: (listener: (accountId: string) => void) => () => void;
  /** Where the account's site is, to know whether it needs a network; without it, none is needed. */
  readonly siteHost?: (accountId: string) => string;
  /** This computer's network interfaces; the system's own by default. */
  readonly interfaces?: () => Interfaces;
  /** Where pinned host keys live. */
  readonly hostKeyStore: DocumentStore;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly random: () => number;
  /** Minutes without use after which a link rests; 0: never. */
  readonly idleMinutes: () => number;
  /** False while `idleMinutes` is only Berth's default: then a shorter limit of the site shortens it. */
  readonly isIdleChosen?: () => boolean;
  readonly log: LinksLog;
  /** Takes a secret out of every line of the log. */
  readonly redact?: (secret: string) => void;
  /** The person's own key, for containers that hold none for them. */
  readonly ownIdentity?: (accountId: string) => Promise<SshIdentity | null>;
}

export type SessionUse = LinkUse<SshConnection>;

export interface LinksService extends Disposable {
  readonly hostKeys: HostKeys;
  list(): LinkValue[];
  /** Holds the session's link open until disposed. Does not wait; `use.ready()` does. */
  acquire(ref: SessionRefValue, kind: UseKind): SessionUse;
  /** One byte stream to a port of a service, launching it first. */
  dial(ref: SessionRefValue, service: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  launch(ref: SessionRefValue, service: string, signal?: AbortSignal): Promise<void>;
  /** Starts a web service by the best way that works; the answer is what requests have to be written for (dialer.ts). */
  reach(ref: SessionRefValue, service: string, fresh: boolean, signal?: AbortSignal): Promise<Circuit | null>;
  /** A connection for requests written for `circuit`. */
  dialWeb(
    ref: SessionRefValue,
    service: string,
    port: number,
    circuit: Circuit | null,
    signal?: AbortSignal,
  ): Promise<Duplex>;
  services(ref: SessionRefValue, signal?: AbortSignal): Promise<readonly ServiceInfo[]>;
  /** The session's private key, read through the site and kept in memory. */
  key(ref: SessionRefValue, signal?: AbortSignal): Promise<string>;
  /** A fresh tunnel to the session's SSH server, for another SSH client. */
  openRawSsh(ref: SessionRefValue, signal?: AbortSignal): Promise<Duplex>;
  retry(ref: SessionRefValue): void;
  /** The account's own key is another one: what failed for a key is tried again. */
  keyChanged(accountId: string): void;
  /** Throws BerthError `host-key-changed` when another key than this was shown meanwhile. */
  acceptHostKey(ref: SessionRefValue, fingerprint: string): void;
  /** Closes what stands to a session that is to be ended; the answer takes it up again, for an end that was refused. */
  letGo(ref: SessionRefValue): () => void;
  suspend(): void;
  resume(): void;
}

interface Entry {
  readonly ref: SessionRefValue;
  readonly link: Link<SshConnection>;
  readonly facts: SessionFacts;
  readonly dialer: Dialer;
  /** Connections that may go around the link. */
  readonly streams: Set<Duplex>;
}

export function createLinksService(deps: LinksDeps): LinksService {
  const hostKeys = createHostKeys(deps.hostKeyStore, deps.clock.now, (error) =>
    deps.log.warn('Host keys could not be saved', { error }),
  );
  const entries = new Map<string, Entry>();
  /** The rate limit of a site is a keypair's. */
  const handshakes = new Map<string, Handshakes>();
  let isDisposed = false;

  const network = new NetworkWatch({
    clock: deps.clock,
    ...(deps.interfaces ? { interfaces: deps.interfaces } : {}),
    onNetworkChanged: () => {
      deps.log.info('The network changed');
      for (const { link } of entries.values()) link.networkChanged();
    },
    onWoken: () => {
      for (const { link } of entries.values()) link.resume();
    },
  });
  const watchNetwork = (): void => {
    network.isNeeded = [...entries.values()].some(({ link }) => link.state !== 'idle' && !link.isStopped);
  };
  const isSignedIn = (accountId: string): boolean => {
    try {
      deps.accounts.api(accountId);
      return true;
    } catch (error) {
      // A site that cannot be reached yet is another trouble.
      return !(error instanceof BerthError) || !isSignInTrouble(error);
    }
  };
  const surroundings = (accountId: string): Surroundings => ({
    hasNetwork: deps.siteHost === undefined || isOwnHost(deps.siteHost(accountId)) || network.hasNetwork,
    isSignedIn: isSignedIn(accountId),
  });

  const siteLimits = new Map<string, number | null>();
  const idleMinutes = (ref: SessionRefValue): number => {
    const checks = deps.known.get(ref.accountId, ref.sessionId)?.idleChecks ?? [];
    const limitMs = siteIdleLimitMs(checks, siteLimits.get(keyOf(ref)) ?? null, deps.clock.now());
    siteLimits.set(keyOf(ref), limitMs);
    return idleMinutesFor(deps.idleMinutes(), deps.isIdleChosen?.() ?? true, limitMs);
  };

  const keyOf = (ref: SessionRefValue): string => `${ref.accountId}/${ref.sessionId}`;

  const handshakesOf = (accountId: string): Handshakes => {
    const known = handshakes.get(accountId) ?? new Handshakes(deps.clock);
    handshakes.set(accountId, known);
    return known;
  };

  const offersProxy = async ({ accountId, sessionId }: SessionRefValue): Promise<boolean> => {
    const { resourceGroup, project } = deps.known.get(accountId, sessionId) ?? {};
    // Without them the site is asked for the service itself, which tells as well.
    if (!resourceGroup || !project) return true;
    try {
      return (await deps.accounts.api(accountId).proxyVersion(resourceGroup, project)) === 'v2';
    } catch (error) {
      deps.log.warn('The app proxy could not be asked about', { error });
      return false;
    }
  };

  const make = (ref: SessionRefValue): Entry => {
    const facts = sessionFacts(() => deps.accounts.api(ref.accountId), ref.sessionId);
    const link = new Link<SshConnection>({
      accountId: ref.accountId,
      sessionId: ref.sessionId,
      sessionName: () => deps.known.get(ref.accountId, ref.sessionId)?.name ?? ref.sessionId,
      connect: (signal) => connectSession({ ...deps, hostKeys, facts }, ref, signal),
      idleMinutes: () => idleMinutes(ref),
      surroundings: () => surroundings(ref.accountId),
      detours: () => dialer.detours,
      clock: deps.clock,
      random: deps.random,
    });
    let wasUp = false;
    link.onChange((value) => {
      // A new connection may do what the last one could not.
      const isUp = value.state === 'up' || value.state === 'degraded';
      if (isUp && !wasUp) dialer.forget();
      wasUp = isUp;
      deps.log.info('Link', { sessionId: ref.sessionId, state: value.state, error: value.error?.code });
      deps.emit('links', 'changed', value);
      watchNetwork();
    });
    const dialer = createDialer({
      api: () => deps.accounts.api(ref.accountId),
      sessionId: ref.sessionId,
      facts,
      clock: deps.clock,
      connection: (signal) => link.ready(signal),
      handshakes: handshakesOf(ref.accountId),
      offersProxy: () => offersProxy(ref),
      redact: (secret) => deps.redact?.(secret),
      onDetours: () => {
        deps.log.info('Ways around the link', { sessionId: ref.sessionId, detours: dialer.detours });
        deps.emit('links', 'changed', link.value);
      },
    });
    return { ref, link, facts, dialer, streams: new Set() };
  };

  const kept = ({ streams }: Entry, stream: Duplex): Duplex => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    return stream;
  };

  const entryOf = (ref: SessionRefValue): Entry => {
    if (isDisposed) throw new BerthError('cancelled', { place: 'computer' });
    const name = keyOf(ref);
    const existing = entries.get(name);
    if (existing) return existing;
    const entry = make({ accountId: ref.accountId, sessionId: ref.sessionId });
    entries.set(name, entry);
    return entry;
  };

  const endWhere = (matches: (ref: SessionRefValue) => boolean, error: () => BerthError): void => {
    for (const [name, entry] of [...entries]) {
      if (!matches(entry.ref)) continue;
      entries.delete(name);
      siteLimits.delete(name);
      entry.link.end(error());
    }
  };

  /** What waits because nobody was signed in goes on by itself, and what gave up on a site that is back. */
  const wake = (accountId: string): void => {
    for (const { ref, link } of entries.values()) if (ref.accountId === accountId) link.signedIn();
  };

  const off = [
    deps.onConnected?.(wake) ?? (() => undefined),
    deps.known.onEnded((accountId, sessionId) => {
      endWhere(
        (ref) => ref.accountId === accountId && ref.sessionId === sessionId,
        () => new BerthError('session-gone', { place: 'site' }),
      );
    }),
    deps.accounts.onSignedOut((accountId) => {
      endWhere(
        (ref) => ref.accountId === accountId,
        () => new BerthError('signed-out', { place: 'site' }),
      );
    }),
  ];

  return {
    hostKeys,
    list: () => [...entries.values()].map((entry) => entry.link.value),
    acquire: (ref, kind) => entryOf(ref).link.use(kind),
    dial: async (ref, service, port, signal) => {
      const entry = entryOf(ref);
      return kept(entry, await entry.dialer.dial(service, port, signal));
    },
    launch: async (ref, service, signal) => entryOf(ref).dialer.launch(service, signal),
    reach: async (ref, service, fresh, signal) => entryOf(ref).dialer.reach(service, fresh, signal),
    dialWeb: async (ref, service, port, circuit, signal) => {
      const entry = entryOf(ref);
      return kept(entry, await entry.dialer.dialWeb(service, port, circuit, signal));
    },
    services: async (ref, signal) => entryOf(ref).facts.services(signal),
    key: async (ref, signal) => entryOf(ref).facts.key(signal),
    openRawSsh: async (ref, signal) =>
      new WsDuplex(await deps.accounts.api(ref.accountId).openTunnel(ref.sessionId, sshService, 'tcpproxy', signal)),
    keyChanged: (accountId) => {
      for (const { ref, link, dialer } of entries.values()) {
        const { code } = link.value.error ?? {};
        if (ref.accountId !== accountId || (code !== 'key-missing' && code !== 'key-refused')) continue;
        dialer.forget();
        link.retry();
      }
    },
    retry: (ref) => {
      const entry = entries.get(keyOf(ref));
      entry?.dialer.forget();
      entry?.link.retry();
    },
    acceptHostKey: (ref, fingerprint) => {
      hostKeys.accept(deps.accounts.site(ref.accountId).id, ref.sessionId, fingerprint);
      entries.get(keyOf(ref))?.link.retryWithNewKey();
    },
    letGo: (ref) => {
      const entry = entries.get(keyOf(ref));
      if (entry === undefined) return () => undefined;
      entry.link.suspend('ending');
      for (const stream of entry.streams) stream.destroy();
      return () => entry.link.resume();
    },
    suspend: () => {
      for (const entry of entries.values()) entry.link.suspend();
    },
    resume: () => {
      for (const entry of entries.values()) entry.link.resume();
    },
    dispose: () => {
      isDisposed = true;
      for (const stop of off) stop();
      network.dispose();
      endWhere(
        () => true,
        () => new BerthError('cancelled', { place: 'computer' }),
      );
    },
  };
}
