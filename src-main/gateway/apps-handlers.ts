/** The contract's `apps` area: a session's services as tiles, and the way into one. */
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Handlers } from '../handlers.ts';
import type { LinksService } from '../links/links-service.ts';
import { appTiles } from './app-catalogue.ts';
import type { Gateway } from './gateway.ts';

const withServices: ReadonlySet<string> = new Set(['RUNNING', 'RUNNING_DEGRADED']);

export function appsHandlers(deps: {
  readonly links: LinksService;
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
}): Handlers['apps'] {
  const requireRunning = async (accountId: string, sessionId: string, signal: AbortSignal): Promise<void> => {
    const session =
      deps.known.get(accountId, sessionId) ?? (await deps.accounts.api(accountId).session(sessionId, signal));
    if (!session) throw new BerthError('session-gone', { place: 'site' });
    if (!withServices.has(session.status)) {
      throw new BerthError('session-not-running', { place: 'site', params: { status: session.status } });
    }
  };
  return {
    list: async (ref, { signal }) => {
      await requireRunning(ref.accountId, ref.sessionId, signal);
      return appTiles(await deps.links.services(ref, signal));
    },
    describe: async ({ services }) =>
      appTiles(services.map((name) => ({ name, protocol: 'http', ports: [], urlTemplate: null }))),
    open: async (input, { signal }) => {
      await requireRunning(input.accountId, input.sessionId, signal);
      return deps.gateway.open(input);
    },
  };
}
