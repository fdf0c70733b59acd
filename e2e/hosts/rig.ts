/** What benches and soaks of links share: a site, a host that can be looked into, and sessions. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Berth } from '../../src-preload/client.ts';
import { type BerthClient, type Entrance, openApp, openBerth } from './berth-client.ts';
import { Probe, probeFlags, withoutNativeFlags } from './probe.ts';
import {
  removeFolder,
  type SandboxInfo,
  type Started,
  scratchFolder,
  startBrowserHost,
  startSandbox,
} from './process.ts';
import { SiteClient } from './site-client.ts';

export interface SessionRef {
  readonly accountId: string;
  readonly sessionId: string;
}

export interface Rig {
  readonly site: SandboxInfo;
  /** Where the site keeps its sessions. */
  readonly siteFolder: string;
  readonly host: Started;
  readonly dataDir: string;
  readonly berth: Berth;
  readonly probe: Probe;
  readonly client: BerthClient;
  /** Starts a session and waits until it runs. */
  start(config?: Readonly<Record<string, unknown>>, image?: string): Promise<SessionRef>;
  /** A session with this port as its service, and the way there through gateway and link. */
  wayTo(port: number): Promise<Entrance>;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly sshd?: 'openssh' | 'dropbear' | 'builtin';
  readonly native?: boolean;
  readonly siteFlags?: readonly string[];
  /** Of the host. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why links cannot be measured here, or null: the real SSH servers admit a user by name, which takes root. */
export function cannotMeasureLinks(): string | null {
  return process.getuid?.() === 0 && existsSync('/usr/sbin/sshd') ? null : 'needs root and OpenSSH’s server';
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const siteFolder = scratchFolder();
  const dataDir = scratchFolder();
  const site = await startSandbox(siteFolder, ['--sshd', options.sshd ?? 'openssh', ...(options.siteFlags ?? [])]);
  const probeFile = join(dataDir, 'probe.json');
  const flags = [...probeFlags, ...(options.native === false ? withoutNativeFlags : [])];
  const host = await startBrowserHost(
    dataDir,
    [],
    { BERTH_PROBE: probeFile, BERTH_VERIFY_OUTPUTS: '0', ...options.env },
    flags,
  );
  const client = await openBerth(host.url);
  const { berth } = client;
  const stop = async (): Promise<void> => {
    client.close();
    await host.process.stop();
    await site.process.stop();
    removeFolder(siteFolder);
    removeFolder(dataDir);
  };
  try {
    const { endpoint, accessKey, secretKey } = site;
    const step = await berth.sites.signIn({ endpoint, mode: 'api', accessKey, secretKey });
    if (step.step !== 'done') throw new Error(`the sign-in asks for ${step.step}`);
    const { accountId } = step;
    const start = async (config: Readonly<Record<string, unknown>> = {}, image = 'shell'): Promise<SessionRef> => {
      const sessionId = await new SiteClient(site).create({
        name: `bench-${randomUUID().slice(0, 6)}`,
        image,
        config: { resources: { cpu: '1', mem: '512m' }, ...config },
      });
      const session = { accountId, sessionId };
      await running(berth, session);
      return session;
    };
    return {
      site,
      siteFolder,
      host: host.process,
      dataDir,
      berth,
      probe: new Probe(host.process, probeFile),
      client,
      start,
      wayTo: async (port) => openApp(berth, await start({ preopen_ports: [port] }), String(port)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function running(berth: Berth, session: SessionRef): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    // Not listed before the watcher has seen it.
    const services = await berth.apps.list(session).catch(() => []);
    if (services.length > 0) return;
    if (Date.now() > until) throw new Error('the session does not run');
    await new Promise((done) => setTimeout(done, 100));
  }
}
