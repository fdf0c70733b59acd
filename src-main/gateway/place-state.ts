/** What a window may know of its place: the waiting page and the line in the window are made from it. */
import type { ErrorCode } from '../../src-preload/contract/errors.ts';
import type { LinkState } from '../../src-preload/contract/links.ts';
import type { LogStep } from './page-texts.ts';

export type Phase = 'connecting' | 'starting' | 'ready' | 'failed';

export interface PlaceState {
  readonly phase: Phase;
  readonly seconds: number;
  readonly code: ErrorCode | null;
  /** How the link is, and in how many seconds it is tried again. */
  readonly link: { readonly state: LinkState; readonly isLost: boolean; readonly nextTrySeconds: number | null };
  readonly path: string;
  readonly title: string;
  readonly session: string;
  readonly site: string;
  readonly colour: string;
  readonly port: number;
  /** Around the link, where the service is not reached over it. */
  readonly way: 'through-site' | 'through-app-proxy' | null;
  readonly log: readonly { seconds: number; step: LogStep; detail: string }[];
}
