/** A gateway over a real link to an SSH server, with one web service behind it. */
import { systemClock } from '../../base/clock.ts';
import type { LinksService } from '../../links/links-service.ts';
import { type RealSshServer, until } from '../../links/testing/real-ssh-server.ts';
import { linksOver } from '../../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../../links/testing/test-site.ts';
import { createGateway, type Gateway, type GatewayLimits, gatewayLimits } from '../gateway.ts';
import { type EchoService, startEchoService } from './echo-service.ts';
import { enter, type TestWindow } from './window.ts';

export interface GatewayRig {
  readonly site: TestSite;
  readonly links: LinksService;
  readonly gateway: Gateway;
  readonly service: EchoService;
  /** What the gateway wrote to its log. */
  readonly logged: unknown[];
  /** One more service of the session. */
  add(name: string, port: number): void;
  open(name?: string): Promise<{ url: string }>;
  /** A window that got in, with the service answering. */
  openReady(name?: string): Promise<TestWindow>;
  close(): Promise<void>;
}

export async function startGatewayRig(
  server: RealSshServer,
  limits: GatewayLimits = gatewayLimits,
): Promise<GatewayRig> {
  const service = await startEchoService();
  const site = await startTestSite(server);
  const logged: unknown[] = [];
  const add = (name: string, port: number): void => {
    site.ports.set(name, port);
    site.services.push({ name, protocol: 'http', ports: [port], urlTemplate: null });
  };
  for (const name of ['web', 'other']) add(name, service.port);
  const links = linksOver(site);
  const gateway = createGateway(
    {
      links,
      accounts: site.accounts,
      known: site.known,
      clock: systemClock,
      log: { warn: (message, fields) => logged.push(message, fields) },
    },
    limits,
  );
  const open = (name = 'web') => gateway.open({ ...testRef, service: name });
  return {
    site,
    links,
    gateway,
    service,
    logged,
    add,
    open,
    async openReady(name) {
      const window = await enter((await open(name)).url);
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
