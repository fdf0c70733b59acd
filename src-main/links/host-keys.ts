/**
 * Host keys of sessions, pinned on first use. No API of a site tells a fingerprint, so the key of the first server that let
 * us in is the one that must come back; a session's main kernel has the session's id, so this is a pin per kernel.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { DocumentStore } from '../hosts/host.ts';

/** Oldest pins are forgotten beyond this; sessions live days, not years. */
const maxPins = 2_000;

const Pin = z.object({ key: z.base64(), seenAt: z.string() });
type Pins = Record<string, z.infer<typeof Pin>>;

export interface HostKeys {
  /** True when `key` is the pinned one, or none is pinned: then it may go on, up to where it lets us in. */
  verify(siteId: string, sessionId: string, key: Buffer): boolean;
  /** The server with this key let us in: its key is pinned if none is. False: another one was pinned meanwhile. */
  pin(siteId: string, sessionId: string, key: Buffer): boolean;
  /**
   * The person looked at this fingerprint and accepts it in place of the pinned one. Throws BerthError
   * `host-key-changed` unless it is the one that was refused last.
   */
  accept(siteId: string, sessionId: string, fingerprint: string): void;
  /** `SHA256:...` as OpenSSH prints it; null while nothing is pinned. */
  fingerprint(siteId: string, sessionId: string): string | null;
  /** A `known_hosts` line under this alias; null while nothing is pinned. */
  knownHostsLine(siteId: string, sessionId: string, alias: string): string | null;
}

/** As OpenSSH prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key type is the first length-prefixed text of the key blob. */
function typeOf(key: Buffer): string | null {
  if (key.length < 4) return null;
  const length = key.readUInt32BE(0);
  return length <= 64 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : null;
}

/** @param onWriteError told when the disk refuses; the pin then holds until Berth quits */
export function createHostKeys(
  store: DocumentStore,
  now: () => number,
  onWriteError: (error: unknown) => void,
): HostKeys {
  let pins: Pins | null = null;
  const load = (): Pins => {
    if (pins) return pins;
    pins = {};
    // One entry that someone broke must not cost the others.
    for (const [name, entry] of Object.entries(store.read().pins ?? {})) {
      const pin = Pin.safeParse(entry);
      if (pin.success) pins[name] = pin.data;
    }
    return pins;
  };
  const nameOf = (siteId: string, sessionId: string): string => `${siteId}/${sessionId}`;
  /** What was shown instead of the pinned key; a person may accept exactly this one. */
  const refused = new Map<string, Buffer>();
  const save = (next: Pins): void => {
    const entries = Object.entries(next)
      .sort(([, a], [, b]) => (a.seenAt < b.seenAt ? 1 : -1))
      .slice(0, maxPins);
    pins = Object.fromEntries(entries);
    try {
      store.write({ ...store.read(), pins });
    } catch (error) {
      onWriteError(error);
    }
  };
  const write = (name: string, key: Buffer): void =>
    save({ ...load(), [name]: { key: key.toString('base64'), seenAt: new Date(now()).toISOString() } });
  const pinned = (siteId: string, sessionId: string): Buffer | null => {
    const pin = load()[nameOf(siteId, sessionId)];
    return pin ? Buffer.from(pin.key, 'base64') : null;
  };

  const verify = (siteId: string, sessionId: string, key: Buffer): boolean => {
    const name = nameOf(siteId, sessionId);
    const known = pinned(siteId, sessionId);
    if (!known) return true;
    // SECURITY: another key than the pinned one is refused ('a changed host key blocks' in links.itest.ts).
    const isSame = known.length === key.length && timingSafeEqual(known, key);
    if (isSame) refused.delete(name);
    else refused.set(name, Buffer.from(key));
    return isSame;
  };

  return {
    verify,
    pin(siteId, sessionId, key) {
      if (!pinned(siteId, sessionId)) write(nameOf(siteId, sessionId), key);
      return verify(siteId, sessionId, key);
    },
    accept(siteId, sessionId, fingerprint) {
      const name = nameOf(siteId, sessionId);
      const shown = refused.get(name);
      // SECURITY: what a person looked at is pinned, not whatever comes next ('pins the very key…' in host-keys.test.ts).
      if (!shown || fingerprintOf(shown) !== fingerprint) {
        throw new BerthError('host-key-changed', {
          place: 'container',
          params: shown ? { expected: fingerprint, actual: fingerprintOf(shown) } : {},
        });
      }
      refused.delete(name);
      write(name, shown);
    },
    fingerprint(siteId, sessionId) {
      const key = pinned(siteId, sessionId);
      return key ? fingerprintOf(key) : null;
    },
    knownHostsLine(siteId, sessionId, alias) {
      const key = pinned(siteId, sessionId);
      const type = key && typeOf(key);
      return key && type ? `${alias} ${type} ${key.toString('base64')}` : null;
    },
  };
}
