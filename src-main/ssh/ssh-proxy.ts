/** A way to a session's SSH server for another program, once it is sure that there is such a session. */
import type { Duplex } from 'node:stream';
import type { SessionRef } from '../../src-preload/contract/common.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import type { LinksService } from '../links/links-service.ts';
import type { SshEntries } from './ssh-entries.ts';

export interface SshProxyDeps {
  session(ref: SessionRef): Promise<Session>;
  readonly entries: Pick<SshEntries, 'refreshPin'>;
  readonly links: Pick<LinksService, 'openRawSsh'>;
}

/** @throws BerthError `session-gone`, `session-not-running`, or what keeps Berth from the site */
export async function openForProgram(deps: SshProxyDeps, ref: SessionRef): Promise<Duplex> {
  // SECURITY: only sessions of accounts that are signed in here ('says what is wrong' in other-programs.itest.ts).
  const session = await deps.session(ref);
  if (session.family !== 'running') {
    const isOver = session.family === 'finished';
    throw new BerthError(isOver ? 'session-gone' : 'session-not-running', {
      place: 'site',
      params: { session: session.name },
    });
  }
  await deps.entries.refreshPin(ref);
  return deps.links.openRawSsh(ref);
}
