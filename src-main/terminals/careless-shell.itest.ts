/** A shell whose SSH server ignores windows, as the one of Backend.AI containers does, before a window that is slow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { LinksService } from '../links/links-service.ts';
import { type CarelessServer, startCarelessServer } from '../links/testing/careless-server.ts';
import { until } from '../links/testing/real-ssh-server.ts';
import { linksOver } from '../links/testing/test-links.ts';
import { startTestSite, type TestSite, testRef } from '../links/testing/test-site.ts';
import { hurriedBytes, mostQueuedBytes } from './output-pump.ts';
import { Terminal } from './terminal.ts';
import { TestPort } from './testing/test-port.ts';

let server: CarelessServer;
let site: TestSite;
let links: LinksService;

beforeEach(async () => {
  server = await startCarelessServer();
  site = await startTestSite(server);
  links = linksOver(site);
});
afterEach(async () => {
  await links.dispose();
  await site.close();
  await server.stop();
});

async function attached(): Promise<TestPort> {
  const port = new TestPort();
  port.autoCredit = false;
  const input = { ...testRef, cols: 100, rows: 30, terminalId: 'careless1', history: 0 };
  new Terminal({ links, clock: systemClock }, input, port);
  await until(() => port.of('attached').length === 1, 'attached');
  return port;
}

it('is neither stopped nor lost while its window takes nothing, and the link goes on', async () => {
  const port = await attached();
  // Far more than the link would let wait unread before it stopped for every channel.
  await until(() => server.sent.bytes > 6 * mostQueuedBytes, 'much output', 30_000);
  expect(port.closed).toBeNull();
  expect(port.of('state').at(-1)?.state).toBe('up');
  port.autoCredit = true;
  port.give(256 * 1024);
  await until(() => port.of('skipped').length > 0, 'told');
  expect(port.of('skipped')[0]?.bytes).toBeGreaterThan(4 * mostQueuedBytes);
  port.leave();
});

it('shows the answer to Ctrl-C soon, and tells of what it skipped for it', async () => {
  const port = await attached();
  await until(() => server.sent.bytes > 4 * 1024 * 1024, 'much output', 30_000);
  port.type('\u0003');
  const before = port.bytes;
  // As a screen that parses 4 MiB a second.
  let isDone = false;
  void (async () => {
    while (!isDone) {
      port.give(64 * 1024);
      await sleep(16);
    }
  })();
  try {
    await until(() => port.output.endsWith('^C\r\n$ '), 'the prompt');
    expect(port.bytes - before).toBeLessThan(hurriedBytes + 1024 * 1024);
    expect(port.of('skipped').length).toBeGreaterThan(0);
  } finally {
    isDone = true;
  }
  port.leave();
});
