/**
 * The whole contract between windows and the main process. Adding a line here is all that preload, dispatch, client
 * and the generated tests need; a missing handler does not compile.
 */
import type { z } from 'zod';
import { app, sandbox, settings } from './app.ts';
import { doctor } from './doctor.ts';
import { files } from './files.ts';
import { forwards } from './forwards.ts';
import { keys } from './keys.ts';
import { folders, launcher } from './launcher.ts';
import { launches } from './launches.ts';
import { apps, links, windows } from './links.ts';
import { logs } from './logs.ts';
import { notices } from './notices.ts';
import { overview } from './overview.ts';
import { sessionLinks } from './session-link.ts';
import { views } from './session-view.ts';
import { sessions } from './sessions.ts';
import { sites } from './sites.ts';
import { ssh } from './ssh.ts';
import { terminals } from './terminals.ts';
import { transfers } from './transfers.ts';
import { usage } from './usage.ts';
import type { Area, EventDef } from './verbs.ts';

export { contractVersion } from './version.ts';

export const contract = {
  app,
  settings,
  sandbox,
  sites,
  launcher,
  folders,
  launches,
  sessions,
  sessionLinks,
  overview,
  usage,
  logs,
  notices,
  views,
  links,
  forwards,
  keys,
  apps,
  terminals,
  ssh,
  files,
  transfers,
  windows,
  doctor,
} as const satisfies Record<string, Area>;

export type BerthContract = typeof contract;

/** Names in an area that are of one verb. */
export type Names<A extends Area, D> = { [K in keyof A]: A[K] extends D ? K : never }[keyof A];

/** Payload types by event name. */
export type Events = {
  [A in keyof BerthContract as Names<BerthContract[A], EventDef> extends never ? never : A]: {
    [K in Names<BerthContract[A], EventDef>]: BerthContract[A][K] extends EventDef<infer P> ? z.input<P> : never;
  };
};
