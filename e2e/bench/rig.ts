/** What the figures of links share: a site, a host that can be looked into, a session with the source as a service. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Berth } from '../../src-preload/client.ts';
import { openApp, openBerth } from '../hosts/berth-client.ts';
import { Probe, probeFlags, withoutNativeFlags } from '../hosts/probe.ts';
import {
  removeFolder,
  type SandboxInfo,
  type Started,
  scratchFolder,
  startBrowserHost,
  startSandbox,
} from '../hosts/process.ts';
import { SiteClient } from '../hosts/site-client.ts';
import type { Way } from './source.ts';

export interface SessionRef {
  readonly accountId: string;
  readonly sessionId: string;
}

export interface Rig {
  readonly site: SandboxInfo;
  readonly host: Started;
  readonly berth: Berth;
  readonly probe: Probe;
  readonly session: SessionRef;
  readonly dataDir: string;
  /** The source's port as a service of the session, through gateway and link. */
  readonly way: Way;
  stop(): Promise<void>;
}

export interface RigOptions {
  /** The source's port. */
  readonly port: number;
  readonly sshd?: 'openssh' | 'dropbear' | 'builtin';
  readonly native?: boolean;
  readonly siteFlags?: readonly string[];
}

/** Why links cannot be measured here, or null: the real SSH servers admit a user by name, which takes root. */
export function cannotMeasureLinks(): string | null {
  return process.getuid?.() === 0 && existsSync('/usr/sbin/sshd') ? null : 'needs root and OpenSSH’s server';
}

export async function startRig(options: RigOptions): Promise<Rig> {
  const siteFolder = scratchFolder();
  const dataDir = scratchFolder();
  const site = await startSandbox(siteFolder, ['--sshd', options.sshd ?? 'openssh', ...(options.siteFlags ?? [])]);
  const probeFile = join(dataDir, 'probe.json');
  const flags = [...probeFlags, ...(options.native === false ? withoutNativeFlags : [])];
  const host = await startBrowserHost(dataDir, [], { BERTH_PROBE: probeFile, BERTH_VERIFY_OUTPUTS: '0' }, flags);
  const { berth, close } = await openBerth(host.url);
  const stop = async (): Promise<void> => {
    close();
    await host.process.stop();
    await site.process.stop();
    removeFolder(siteFolder);
    removeFolder(dataDir);
  };
  try {
    const { endpoint, accessKey, secretKey } = site;
    const step = await berth.sites.signIn({ endpoint, mode: 'api', accessKey, secretKey });
    if (step.step !== 'done') throw new Error(`the sign-in asks for ${step.step}`);
    const sessionId = await new SiteClient(site).create({
      name: `bench-${randomUUID().slice(0, 6)}`,
      config: { resources: { cpu: '1', mem: '1g' }, preopen_ports: [options.port] },
    });
    const session = { accountId: step.accountId, sessionId };
    await running(berth, session);
    const way = await openApp(berth, session, String(options.port));
    const probe = new Probe(host.process, probeFile);
    return { site, host: host.process, berth, probe, session, dataDir, way, stop };
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
