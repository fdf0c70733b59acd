/** The contract's `app`, `sandbox` and `windows` calls, which belong to no area of their own. */
import type { Accounts, KnownSessions } from './backend/site-api.ts';
import { BerthError } from './base/berth-error.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Handlers } from './handlers.ts';
import type { Host } from './hosts/host.ts';
import type { AreaLog } from './log/log.ts';
import type { SandboxProcess } from './sandbox-process/sandbox-process.ts';

const externalSchemes = ['http:', 'https:', 'mailto:'];

export function appHandlers(deps: {
  readonly host: Host;
  readonly settingsFile: () => string;
  readonly logFile: string;
  readonly log: AreaLog;
}): Handlers['app'] {
  const { host } = deps;
  return {
    info: async () => ({
      version: host.version,
      host: host.kind,
      platform: process.platform,
      dataDir: host.dataDir,
      settingsFile: deps.settingsFile(),
      logFile: deps.logFile,
      secrets: host.secrets.state,
    }),
    openExternal: async ({ url }) => {
      const target = URL.canParse(url) ? new URL(url) : null;
      // SECURITY: only addresses that a browser or mail program handles leave Berth, as parsed, not as given
      // (test: app-handlers.test.ts).
      if (!target || !externalSchemes.includes(target.protocol)) {
        throw new BerthError('invalid-input', {
          place: 'computer',
          params: { name: 'app.openExternal', field: 'url' },
        });
      }
      await host.openExternal(target.href);
      return undefined;
    },
    reportProblem: async ({ message, stack }) => {
      deps.log.error('A window met a defect', { problem: message, ...(stack === undefined ? {} : { stack }) });
      return undefined;
    },
  };
}

export function sandboxHandlers(deps: {
  readonly sandbox: SandboxProcess;
  readonly start: () => Promise<string>;
}): Handlers['sandbox'] {
  return {
    start: async () => ({ accountId: await deps.start() }),
    state: async () => {
      const { state } = deps.sandbox;
      return state.state === 'failed'
        ? { state: 'failed' as const, error: state.error.toValue() }
        : { state: state.state };
    },
  };
}

/** Windows of one session share a partition and close together. */
export function windowGroup(accountId: string, sessionId: string): string {
  return `${accountId}/${sessionId}`;
}

export function windowsHandlers(deps: {
  readonly host: Host;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  readonly gateway: Gateway;
  readonly titleOf: (service: string) => string;
}): Handlers['windows'] {
  return {
    open: async (input) => {
      const { windows } = deps.host;
      if (!windows) return { opened: false };
      const { accountId, sessionId } = input;
      const site = deps.accounts.site(accountId);
      const name = deps.known.get(accountId, sessionId)?.name ?? sessionId;
      if (input.kind === 'terminal') {
        const title = `${name} · Terminal · ${site.name}`;
        windows.openTerminal({ accountId, sessionId, title, colour: site.colour, move: input.move });
      } else {
        const { url } = await deps.gateway.open({ accountId, sessionId, service: input.service });
        windows.openApp({
          url,
          title: `${name} · ${deps.titleOf(input.service)} · ${site.name}`,
          colour: site.colour,
          group: windowGroup(accountId, sessionId),
        });
      }
      return { opened: true };
    },
  };
}
