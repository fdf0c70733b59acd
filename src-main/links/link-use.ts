/** What a link is to those who use it, and what it needs. */
import type { Detour, LinkState, Link as LinkValue } from '../../src-preload/contract/links.ts';
import type { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Surroundings } from './link-policy.ts';

/** What a link needs of a connection. */
export interface Connection {
  readonly bytesIn: number;
  readonly bytesOut: number;
  onClose(listener: (error: BerthError) => void): void;
  /** Told in how many milliseconds a late other side will count as gone; null: it answers again. */
  onLate(listener: (goneInMs: number | null) => void): void;
  /** Asks the other side now; without an answer the connection closes soon. */
  probe(): void;
  end(): void;
}

export type UseKind =
  | { readonly kind: 'terminal' }
  | { readonly kind: 'app'; readonly service: string }
  /** Looking at files, or moving them. */
  | { readonly kind: 'files' }
  /** Connections through a port of this computer. */
  | { readonly kind: 'forward' };

export interface LinkDeps<C extends Connection> {
  readonly accountId: string;
  readonly sessionId: string;
  sessionName(): string;
  connect(signal: AbortSignal): Promise<C>;
  idleMinutes(): number;
  surroundings(): Surroundings;
  /** Services that go around this link. */
  detours?(): Detour[];
  readonly clock: Clock;
  readonly random: () => number;
}

/** A user's hold on a link; the link stays while there is one. */
export interface LinkUse<C extends Connection> extends Disposable {
  readonly state: LinkState;
  readonly value: LinkValue;
  /** The connection while it is up. */
  readonly connection: C | null;
  /** Resolves once the link is up; wakes a resting link. Throws the link's BerthError when it fails. */
  ready(signal?: AbortSignal): Promise<C>;
  /** Someone typed, asked or transferred. */
  touch(): void;
  retry(): void;
  onChange(listener: (value: LinkValue) => void): Unsubscribe;
}
