/**
 * The composition root: puts the services together for whichever host there is, and ends them in order. Start reading
 * here; every area is one line below.
 */
import { homedir } from 'node:os';
import type { Duplex } from 'node:stream';
import { isSessionLink } from '../src-preload/contract/session-link.ts';
import { appHandlers, sandboxHandlers, windowGroup, windowsHandlers } from './app-handlers.ts';
import { siteWire } from './backend/site-wire.ts';
import { systemClock } from './base/clock.ts';
import { Disposer } from './base/disposable.ts';
import { Bridge } from './bridge.ts';
import { doctorStreams } from './doctor/doctor-handlers.ts';
import { doctorToolsFor } from './doctor-target.ts';
import { filesHandlers, transfersHandlers } from './files/files-handlers.ts';
import { Looks } from './files/looks.ts';
import { lookLimits } from './files/loss-check.ts';
import { TransfersService } from './files/transfers-service.ts';
import { forwardsHandlers } from './forwards/forwards-handlers.ts';
import { ForwardsService } from './forwards/forwards-service.ts';
import { titleOf } from './gateway/app-catalogue.ts';
import { appsHandlers } from './gateway/apps-handlers.ts';
import { createGateway } from './gateway/gateway.ts';
import type { Emit, Handlers, StreamHandlers } from './handlers.ts';
import type { Host } from './hosts/host.ts';
import { foldersHandlers, launcherHandlers } from './launcher/launcher-handlers.ts';
import { LauncherMemory } from './launcher/launcher-memory.ts';
import { usageHandlers } from './launcher/usage-reader.ts';
import { launchesHandlers } from './launches/launches-handlers.ts';
import { LaunchesService } from './launches/launches-service.ts';
import { signerOf } from './links/key-signer.ts';
import { keysHandlers } from './links/keys-handlers.ts';
import { linksHandlers } from './links/links-handlers.ts';
import { createLinksService, type SessionRefValue } from './links/links-service.ts';
import { OwnKeys } from './links/own-keys.ts';
import type { Log } from './log/log.ts';
import { logsHandlers, logsStreams } from './logs/logs-handlers.ts';
import { LogsService } from './logs/logs-service.ts';
import { spokenLanguage } from './notices/notice-words.ts';
import { NoticesService } from './notices/notices-service.ts';
import { overviewHandlers } from './overview/overview-handlers.ts';
import { SandboxProcess } from './sandbox-process/sandbox-process.ts';
import { SessionLinks } from './session-links/session-links.ts';
import { Commits } from './sessions/commits.ts';
import { viewsHandlers } from './sessions/session-views.ts';
import { sessionsHandlers, sessionsStreams } from './sessions/sessions-handlers.ts';
import { SessionsService } from './sessions/sessions-service.ts';
import { settingAside } from './settings/set-aside.ts';
import { readConfigFile, readPolicyFile } from './settings/settings-file.ts';
import { SettingsService } from './settings/settings-service.ts';
import { KeptSecrets } from './sites/account-secrets.ts';
import { sitesHandlers } from './sites/sites-handlers.ts';
import { SitesService } from './sites/sites-service.ts';
import { SshEntries } from './ssh/ssh-entries.ts';
import { sshHandlers } from './ssh/ssh-handlers.ts';
import { openForProgram } from './ssh/ssh-proxy.ts';
import { terminalsHandlers, terminalsStreams } from './terminals/terminals-handlers.ts';

export interface AppOptions {
  readonly log: Log;
  readonly settings: { readonly configFile?: string; readonly policyFile: string };
  readonly sandbox: { readonly command: string; readonly args: readonly string[] };
  /** The shell command that carries another SSH client's bytes to a session through this Berth. */
  readonly proxyCommand: (ref: SessionRefValue) => string;
  /** A fresh address of a socket or pipe that only this person can reach. */
  readonly privateSocket: () => string;
}

export interface App {
  readonly bridge: Bridge;
  /** Starts the local sandbox and signs in to it; answers the account. Throws BerthError `sandbox-failed`. */
  startSandbox(): Promise<string>;
  /**
   * A launch from a file or link, or a link to a session: a window shows the form to check, or the session. Throws BerthError
   * `recipe-invalid` or `link-invalid`.
   */
  openLaunch(text: string): void;
  /** The raw bytes of a session's SSH server, for another SSH client. */
  openRawSsh(ref: SessionRefValue): Promise<Duplex>;
  dispose(): Promise<void>;
}

/** Throws BerthError `settings-invalid` when the file of `--config` or the policy file cannot be used. */
export async function createApp(host: Host, options: AppOptions): Promise<App> {
  const { log } = options;
  const clock = systemClock;
  const disposer = new Disposer();
  const bridgeLog = log.area('bridge');
  // Services are made before the bridge that carries their events; nothing is told before it stands.
  let bridge: Bridge | null = null;
  const emit: Emit = (area, name, payload) => bridge?.emit(area, name, payload);

  const { configFile, policyFile } = options.settings;
  const settings = new SettingsService({
    store: host.openDocument('settings'),
    ...(configFile === undefined ? {} : { commandLine: readConfigFile(configFile) }),
    policy: readPolicyFile(policyFile),
    emit,
    log: log.area('settings'),
  });
  const sites = disposer.add(
    new SitesService({
      documents: settingAside(host.openDocument('sites'), log.area('sites')),
      secrets: host.secrets,
      emit,
      clock,
      wire: siteWire,
      log: log.area('sites'),
      redact: (secret) => log.redact(secret),
    }),
  );
  const sessions = disposer.add(
    // Links know sessions and are made after them; nobody ends one before both stand.
    new SessionsService({
      accounts: sites,
      emit,
      clock,
      log: log.area('sessions'),
      letGo: (ref): (() => void) => links.letGo(ref),
    }),
  );
  const launches = disposer.add(
    new LaunchesService({
      store: settingAside(host.openDocument('launches'), log.area('launches')),
      accounts: sites,
      siteHost: (accountId) => siteHost(sites, accountId),
      sessions,
      emit,
      clock,
      log: log.area('launches'),
    }),
  );
  const sessionLinks = new SessionLinks(emit);
  const ownKeys = new OwnKeys({
    store: new KeptSecrets(host.secrets, log.area('links'), 'ssh-key:'),
    keptIn: () => host.secrets.state.kind,
    agent: () => process.env.SSH_AUTH_SOCK ?? null,
    onChanged: (accountId) => links.keyChanged(accountId),
    log: log.area('links'),
  });
  const links = disposer.add(
    createLinksService({
      accounts: sites,
      known: sessions,
      onConnected: (listener) => sites.onConnected(listener),
      hostKeyStore: settingAside(host.openDocument('host-keys'), log.area('links')),
      emit,
      clock,
      random: Math.random,
      siteHost: (accountId) => siteEndpoint(sites, accountId)?.hostname ?? '',
      idleMinutes: () => settings.values.linkIdleMinutes,
      isIdleChosen: () => settings.state.sources.linkIdleMinutes !== 'default',
      log: log.area('links'),
      redact: (secret) => log.redact(secret),
      ownIdentity: (accountId) => ownKeys.identity(accountId),
    }),
  );
  const logs = disposer.add(
    new LogsService({
      accounts: sites,
      known: sessions,
      dataDir: host.dataDir,
      clock,
      log: log.area('logs'),
      limitBytes: () => settings.values.keptLogsMiB * 2 ** 20,
    }),
  );
  const commits = disposer.add(
    new Commits({
      accounts: sites,
      emit,
      log: log.area('sessions'),
      onOver: (ref, name, { state, message }): void => {
        const of = sessions.get(ref.accountId, ref.sessionId)?.name ?? ref.sessionId;
        notices.committed(ref, { name, of, state, said: message });
      },
    }),
  );
  const notices = disposer.add(
    new NoticesService({
      sessions,
      onSignedOut: (listener) => sites.onSignedOut(listener),
      notifications: host.notifications,
      clock,
      emit,
      log: log.area('notices'),
      leads: () => [settings.values.noticeMinutes, settings.values.noticeAgainMinutes],
      language: () => spokenLanguage(settings.values.language),
    }),
  );
  const gateway = disposer.add(
    createGateway({ links, accounts: sites, known: sessions, clock, log: log.area('gateway') }),
  );
  const machine = { dataDir: host.dataDir, home: homedir(), isWindows: process.platform === 'win32' };
  const sshEntries = disposer.add(
    new SshEntries({
      ...machine,
      links,
      accounts: sites,
      known: sessions,
      onConnected: (listener) => sites.onConnected(listener),
      session: (ref) => sessions.read(ref),
      store: settingAside(host.openDocument('ssh-entries'), log.area('ssh')),
      proxyCommand: options.proxyCommand,
      privateSocket: options.privateSocket,
      signerOf,
      log: log.area('ssh'),
    }),
  );
  const forwards = disposer.add(
    new ForwardsService({
      links,
      accounts: sites,
      known: sessions,
      onConnected: (listener) => sites.onConnected(listener),
      session: (ref) => sessions.read(ref),
      sharesPorts: (accountId) =>
        sites.list().some((site) => site.isSandbox && site.accounts.some(({ id }) => id === accountId)),
      store: settingAside(host.openDocument('forwards'), log.area('forwards')),
      emit,
      clock,
      log: log.area('forwards'),
    }),
  );
  const looks = new Looks({ links, known: sessions, clock });
  const transfers = disposer.add(
    new TransfersService({
      links,
      accounts: sites,
      known: sessions,
      clock,
      emit,
      log: log.area('transfers'),
      dataDir: host.dataDir,
      looked: (checkId) => looks.looked(checkId),
      lookAt: (ref, connection, signal) => looks.lookAt(ref, connection, signal, lookLimits),
      checkSession: (ref) => sessions.checkLive(ref),
      endSession: (ref) => sessions.terminate(ref, false),
    }),
  );
  const sandbox = disposer.add(new SandboxProcess({ ...options.sandbox, log }));
  let starting: Promise<string> | null = null;
  // One at a time: two sign-ins at once would make two accounts of it.
  const startSandbox = (): Promise<string> => {
    starting ??= sandbox
      .start()
      .then((info) => sites.addSandboxAccount(info))
      .finally(() => {
        starting = null;
      });
    return starting;
  };
  /** A sandbox that ended does not come back at its old address: trying again means starting it. */
  const reconnect = async (accountId: string): Promise<void> => {
    const site = sites.list().find(({ accounts }) => accounts.some(({ id }) => id === accountId));
    if (site?.isSandbox && sandbox.state.state !== 'running') await startSandbox();
    else await sites.reconnect(accountId);
  };

  const handlers: Handlers = {
    app: appHandlers({ host, settingsFile: () => settings.state.file, logFile: log.file, log: log.area('window') }),
    settings: settings.handlers(),
    sandbox: sandboxHandlers({ sandbox, start: startSandbox }),
    sites: sitesHandlers(sites, reconnect),
    launcher: launcherHandlers(
      sites,
      new LauncherMemory(settingAside(host.openDocument('launcher'), log.area('launcher'))),
    ),
    usage: usageHandlers({ accounts: sites, clock }),
    overview: overviewHandlers(sites),
    folders: foldersHandlers(sites),
    launches: launchesHandlers(launches),
    sessions: sessionsHandlers(sessions, commits, sites),
    sessionLinks: sessionLinks.handlers(),
    logs: logsHandlers(logs),
    notices: notices.handlers(),
    views: viewsHandlers({
      store: settingAside(host.openDocument('session-views'), log.area('sessions')),
      accounts: sites,
    }),
    links: linksHandlers(links),
    forwards: forwardsHandlers(forwards),
    keys: keysHandlers(ownKeys, host),
    apps: appsHandlers({ links, gateway, accounts: sites, known: sessions }),
    terminals: terminalsHandlers({ links, clock }),
    ssh: sshHandlers({
      ...machine,
      links,
      accounts: sites,
      known: sessions,
      entries: sshEntries,
      proxyCommand: (accountId, sessionId) => options.proxyCommand({ accountId, sessionId }),
    }),
    files: filesHandlers(looks, host),
    transfers: transfersHandlers(transfers, host),
    windows: windowsHandlers({ host, accounts: sites, known: sessions, gateway, titleOf }),
    doctor: {},
  };
  const streams: StreamHandlers = {
    app: {},
    settings: {},
    sandbox: {},
    sites: {},
    launcher: {},
    usage: {},
    overview: {},
    folders: {},
    launches: {},
    sessions: sessionsStreams(sessions),
    sessionLinks: {},
    logs: logsStreams(logs),
    notices: {},
    views: {},
    links: {},
    forwards: {},
    keys: {},
    apps: {},
    terminals: terminalsStreams({ links, clock }),
    ssh: {},
    files: {},
    transfers: {},
    windows: {},
    doctor: doctorStreams({
      tools: (target) => doctorToolsFor(target, { sites, clock }),
      clock,
      redact: (text) => log.clean(text),
    }),
  };
  const theBridge = new Bridge({
    handlers,
    streams,
    verifyOutputs: process.env.BERTH_VERIFY_OUTPUTS === '1',
    onDefect: (correlation, name, error) => bridgeLog.error('A call met a defect', { correlation, name, error }),
    onRefused: (reason, name) => bridgeLog.warn('A window broke the protocol and was cut off', { reason, name }),
  });
  bridge = theBridge;
  disposer.add(theBridge);

  disposer.add({
    dispose: sessions.onEnded((accountId, sessionId) => {
      gateway.closeSession(accountId, sessionId);
      const ended = windowGroup(accountId, sessionId);
      host.windows?.closeGroups((group) => group === ended);
      emit('windows', 'closing', { accountId, sessionId });
    }),
  });
  disposer.add({
    dispose: sites.onSignedOut((accountId) => {
      ownKeys.forget(accountId).catch((error: unknown) => log.area('links').warn('The own SSH key stays', { error }));
      host.windows?.closeGroups((group) => group.startsWith(windowGroup(accountId, '')));
      emit('windows', 'closing', { accountId, sessionId: null });
    }),
  });
  disposer.add({ dispose: host.onSuspend(() => links.suspend()) });
  disposer.add({
    dispose: host.onResume(() => {
      sites.resume();
      links.resume();
      sessions.resume();
    }),
  });

  // Before accounts connect, which takes away entries of sessions that ended meanwhile.
  void sshEntries.start();
  sites.restore();
  if (sites.list().some((site) => site.isSandbox && site.accounts.length > 0)) {
    // It was in use when Berth ended, and its port is another one now.
    startSandbox().catch((error: unknown) => log.area('sandbox').error('The sandbox did not start again', { error }));
  }
  return {
    bridge: theBridge,
    startSandbox,
    openLaunch: (text) => (isSessionLink(text) ? sessionLinks : launches).request(text),
    openRawSsh: (ref) => openForProgram({ session: (it) => sessions.read(it), entries: sshEntries, links }, ref),
    dispose: () => disposer.dispose(),
  };
}

function siteOf(sites: SitesService, accountId: string) {
  return sites.list().find(({ accounts }) => accounts.some(({ id }) => id === accountId));
}

function siteEndpoint(sites: SitesService, accountId: string): URL | null {
  const site = siteOf(sites, accountId);
  return site === undefined ? null : new URL(site.endpoint);
}

/** Host name of an account's site, for what leaves this Berth and comes back to another. */
function siteHost(sites: SitesService, accountId: string): string {
  const site = siteOf(sites, accountId);
  return site === undefined ? '' : site.isSandbox ? site.name : new URL(site.endpoint).host;
}
