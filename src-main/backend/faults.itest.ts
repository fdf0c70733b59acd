/** The same client against a whole site that is told to misbehave: each fault comes out as what it is. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { situationOf } from '../../src-preload/contract/errors.ts';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { BerthError } from '../base/berth-error.ts';
import { systemClock } from '../base/clock.ts';
import { createHmacAuthenticator } from './authenticator.ts';
import { SiteClient } from './site-client.ts';

/** Fault, more of its rule, what Berth calls it. */
const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['cut', {}, 'offline.reset'],
  ['reset', {}, 'offline.reset'],
  ['stall', {}, 'timeout.silent'],
  ['403', {}, 'forbidden'],
  ['404', {}, 'not-found'],
  ['429', {}, 'rate-limited'],
  ['500', {}, 'server-error'],
  ['503', {}, 'maintenance'],
  ['502', { html: true }, 'server-error.bad-gateway'],
  ['404', { html: true }, 'intercepted.page'],
  ['garbage', {}, 'bad-answer.not-json'],
  ['truncated', {}, 'bad-answer.cut-off'],
  ['broken-off', {}, 'bad-answer.truncated'],
  ['endless', {}, 'bad-answer.too-large'],
  ['captive-portal', {}, 'intercepted.page'],
  ['redirect-to-login', {}, 'intercepted.login'],
  ['redirect-to-login', { to: 'http://portal.example.net/' }, 'intercepted.redirect'],
];

let dataDir = '';
let sandbox: Sandbox;
let client: SiteClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'berth-faults-'));
  const file = join(dataDir, 'faults.json');
  // Each case has a query of its own on a route that answers JSON.
  const rules = cases.map(([fault, more], index) => ({
    fault,
    on: 'GET /folders/_/hosts',
    query: { case: String(index) },
    ...more,
  }));
  await writeFile(file, JSON.stringify({ rules }));
  sandbox = await startSandbox({
    dataDir: join(dataDir, 'site'),
    port: 0,
    manager: 'current',
    madeUp: 0,
    paceMs: 20,
    runtime: new RuntimeDouble(dataDir),
    log: () => undefined,
    faults: file,
  });
  const { endpoint, accessKey, secretKey } = sandbox.info;
  client = new SiteClient({
    endpoint,
    authenticator: createHmacAuthenticator(accessKey, secretKey),
    apiVersion: 'v8.20240915',
    clock: { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / 20, callback) },
  });
});

afterAll(async () => {
  client.dispose();
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

describe('a site that misbehaves', () => {
  it('answers well where it is not told to', async () => {
    await expect(client.json('/folders/_/hosts', z.looseObject({}))).resolves.toBeDefined();
  });

  it.each(cases.map((it, index) => [...it, index] as const))('%s %j is %s', async (_fault, _more, situation, index) => {
    const query = { case: String(index) };
    const error = await client
      .json('/folders/_/hosts', z.looseObject({}), { query, timeoutMs: 400, maxBytes: 1024 * 1024 })
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(BerthError);
    if (error instanceof BerthError) expect(situationOf(error)).toBe(situation);
  });
});
