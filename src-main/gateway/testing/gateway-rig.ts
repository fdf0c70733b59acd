/** A gateway over a real link to an SSH server, with one web service behind it. */
import { systemClock } from '../../base/clock.ts';
import { createLinksService, type LinksService } from '../../links/links-service.ts';
import { type RealSshServer, until } from '../../links/testing/real-ssh-server.ts';
import { startTestSite, type TestSite, testRef } from '../../links/testing/test-site.ts';
import { createGateway, type Gateway } from '../gateway.ts';
import { type EchoService, startEchoService } from './echo-service.ts';
import { enter, type TestWindow } from './window.ts';

export interface GatewayRig {
  readonly site: TestSite;
  readonly links: LinksService;
  readonly gateway: Gateway;
  readonly service: EchoService;
  open(name?: string): Promise<{ url: string }>;
  /** A window that got in, with the service answering. */
  openReady(): Promise<TestWindow>;
  close(): Promise<void>;
}

export async function startGatewayRig(server: RealSshServer): Promise<GatewayRig> {
  const service = await startEchoService();
  const site = await startTestSite();
  site.key = server.privateKey;
  site.ports.set('sshd', server.port).set('web', service.port);
  for (const name of ['web', 'other']) {
    site.services.push({ name, protocol: 'http', ports: [service.port], urlTemplate: null });
  }
  const links = createLinksService({
    accounts: site.accounts,
    known: site.known,
    hostKeyStore: site.hostKeyStore,
    emit: () => undefined,
    clock: systemClock,
    random: () => 0.5,
    idleMinutes: () => 30,
    log: { info: () => undefined, warn: () => undefined },
  });
  const gateway = createGateway({
    links,
    accounts: site.accounts,
    known: site.known,
    clock: systemClock,
    log: { warn: () => undefined },
  });
  const open = (name = 'web') => gateway.open({ ...testRef, service: name });
  return {
    site,
    links,
    gateway,
    service,
    open,
    async openReady() {
      const window = await enter((await open()).url);
      await until(async () => (await window.state()).phase === 'ready', 'ready');
      service.seen.length = 0;
      return window;
    },
    async close() {
      await gateway.dispose();
      await links.dispose();
      await site.close();
      await service.down();
    },
  };
}
