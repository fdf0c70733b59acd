/**
 * Which way a service is reached: forwarded over SSH, else by one WebSocket of the site a connection, else through the
 * site's app proxy. Decisions without state (design, decision 1; tunnels reference, section 10).
 */
import type { WayReason } from '../../src-preload/contract/links.ts';
import type { BerthError } from '../base/berth-error.ts';

export type Way = 'ssh' | 'site' | 'app-proxy';

/** The way that a service takes, and what speaks against the one before. */
export interface Chosen {
  readonly way: Way;
  readonly why: WayReason | null;
}

export const best: Chosen = { way: 'ssh', why: null };

/** What an app proxy carries; `preopen` becomes http there. TCP circuits have no authentication at all, so none is used. */
const proxied: ReadonlySet<string> = new Set(['http', 'preopen']);

/** Reasons that pass by themselves; the better way is tried again after this long. The others hold until a reconnect. */
const passing: ReadonlySet<WayReason> = new Set(['rate-limited', 'site-refused', 'not-on-loopback']);
export const passingMs = 5 * 60_000;

/** True when the better way should be tried again. */
export function isStale({ why }: Chosen, ageMs: number): boolean {
  return why !== null && passing.has(why) && ageMs >= passingMs;
}

export interface WayFacts {
  /** The service's own protocol. */
  readonly protocol: string;
  /** Whether the site has an app proxy of version 2 for this session. */
  readonly appProxy: boolean;
}

/** What keeps bytes of this service from going over SSH; null for what is no matter of the way. */
function againstSsh(error: BerthError): WayReason | null {
  switch (error.code) {
    case 'no-ssh-service':
      return 'no-ssh';
    case 'key-missing':
    case 'key-refused':
      return 'no-key';
    case 'unsupported':
      // A refused channel names its SSH reason; without one the two sides have no algorithm in common.
      return error.params.reason === undefined ? 'ssh-unusable' : 'forward-refused';
    case 'service-failed':
      // A channel to the container's own loopback that was refused; the site reaches it from outside.
      return error.place === 'service' ? 'not-on-loopback' : null;
    default:
      // SECURITY: `host-key-changed` above all goes nowhere else: the key proves the container ('no way around a changed host key' in way-policy.test.ts).
      return null;
  }
}

/** What keeps the site from giving WebSockets to this service. */
function againstTunnels(error: BerthError): WayReason | null {
  switch (error.code) {
    case 'tunnel-refused':
      if (error.params.reason === 'no-websocket') return 'no-websocket';
      // From the agent it is the service that does not listen, and no other way reaches it either.
      return error.place === 'manager' ? 'site-refused' : null;
    case 'forbidden':
    case 'unsupported':
      return 'site-refused';
    case 'rate-limited':
      return 'rate-limited';
    default:
      return null;
  }
}

/** Where to turn after `error` on `from`; null: nowhere, the error is the answer. */
export function nextWay(from: Way, error: BerthError, facts: WayFacts): Chosen | null {
  if (from === 'app-proxy') return null;
  if (from === 'ssh') {
    const why = againstSsh(error);
    if (why !== null) return { way: 'site', why };
  }
  const why = againstTunnels(error);
  // Waiting is better than another way while only the site's patience with this key is at an end, and SSH stands.
  if (why === null || (why === 'rate-limited' && from === 'ssh')) return null;
  return facts.appProxy && proxied.has(facts.protocol) ? { way: 'app-proxy', why } : null;
}
