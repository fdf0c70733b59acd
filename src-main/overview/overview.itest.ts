/** The overview against the sandbox's real HTTP, GraphQL and storage proxy, on both faces of the manager. */
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { createHmacAuthenticator } from '../backend/authenticator.ts';
import { createSiteApi } from '../backend/create-site-api.ts';
import { probe } from '../backend/probe.ts';
import type { SiteApi } from '../backend/site-api.ts';
import { systemClock } from '../base/clock.ts';
import { overviewHandlers } from './overview-handlers.ts';

type Api = ReturnType<typeof createSiteApi>;

describe.each(['legacy', 'current'] as const)('overview, %s manager', (manager) => {
  let dataDir = '';
  let sandbox: Sandbox;
  let main: Api;
  let poor: Api;
  let serial = 0;

  const accounts = () => ({ api: (id: string): SiteApi => (id === 'poor' ? poor : main) });
  const overview = () => overviewHandlers(accounts() as Parameters<typeof overviewHandlers>[0]);
  const context = { signal: new AbortController().signal };
  const volumes = (accountId: string, projectId: string | null = null) =>
    overview().volumes({ accountId, projectId }, context);
  const folder = (api: Api) =>
    api.createFolder({
      ...{ name: `room-${serial++}`, host: null, usageMode: 'general', permission: 'rw' },
      ...{ projectId: null, cloneable: false },
    });
  const upload = async (api: Api, ref: { id: string; name: string }, name: string, bytes: number) => {
    async function* open(offset: number) {
      for (let at = offset; at < bytes; at += 2 ** 20) yield Buffer.alloc(Math.min(2 ** 20, bytes - at), 7);
    }
    await api.upload(ref, name, { bytes, open });
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'berth-overview-'));
    const runtime = new RuntimeDouble(dataDir);
    sandbox = await startSandbox({ dataDir, port: 0, manager, madeUp: 0, paceMs: 10, runtime, log: () => undefined });
    const { endpoint } = sandbox.info;
    const { hello } = await probe(endpoint);
    const apiOf = (kind: string) => {
      const account = sandbox.info.accounts.find((it) => it.kind === kind);
      const authenticator = createHmacAuthenticator(account?.accessKey ?? '', account?.secretKey ?? '');
      return createSiteApi({ endpoint, authenticator, hello, clock: systemClock, offerNotInstalled: true });
    };
    main = apiOf('main');
    poor = apiOf('low-limits');
  });
  afterAll(async () => {
    main?.dispose();
    poor?.dispose();
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('counts what folders take, of what the policy allows', async () => {
    const { projects } = await main.identity();
    const [before] = await volumes('main', projects[0]?.id ?? null);
    if (before?.mine.state !== 'told') throw new Error('The volume counts by owner');
    expect(before).toMatchObject({ name: 'local:sandbox', isDefault: true, totalBytes: expect.any(Number) });
    // Projects have no folders here, so that the volume has nothing of theirs to count.
    expect(before.project).toEqual({ state: 'told', usedBytes: null, limitBytes: null });
    await upload(main, await folder(main), 'three.bin', 3 * 2 ** 20);
    const [after] = await volumes('main');
    expect(after?.mine).toEqual({
      state: 'told',
      usedBytes: (before.mine.usedBytes ?? 0) + 3 * 2 ** 20,
      limitBytes: null,
    });
    expect(after?.project).toBeNull();
  });

  it('tells the limit before the first folder is made, and what comes into it', async () => {
    const limitBytes = 2 ** 30;
    expect((await volumes('poor'))[0]?.mine).toEqual({ state: 'told', usedBytes: null, limitBytes });
    const ref = await folder(poor);
    expect((await volumes('poor'))[0]?.mine).toEqual({ state: 'told', usedBytes: 0, limitBytes });
    expect((await poor.policies()).user?.maxQuotaBytes).toBe(limitBytes);
    // As much as there may be, without taking it from this disk.
    const others = join(dataDir, 'vfolders-of-others');
    const [owner = ''] = await readdir(others);
    const full = join(others, owner, ref.name, 'full.bin');
    await writeFile(full, '');
    await truncate(full, limitBytes - 1);
    expect((await volumes('poor'))[0]?.mine).toEqual({ state: 'told', usedBytes: limitBytes - 1, limitBytes });
    await upload(poor, ref, 'one.bin', 1);
    expect((await volumes('poor'))[0]?.mine).toMatchObject({ usedBytes: limitBytes });
  });

  it('tells nobody what others take', async () => {
    const { projects } = await main.identity();
    const research = projects.find(({ name }) => name === 'research')?.id ?? '';
    expect(research).not.toBe('');
    // Not a member of it: its own part is told all the same.
    expect((await volumes('poor', research))[0]).toMatchObject({
      mine: { state: 'told' },
      project: { state: 'refused' },
    });
    await expect(main.quotaScope('local:elsewhere', 'mine')).rejects.toMatchObject({ code: 'refused-by-site' });
    await expect(main.quotaScope('local:sandbox', { projectId: 'no-id' })).rejects.toMatchObject({
      code: 'refused-by-site',
    });
  });

  it('tells the newest running sessions of a project, and what its sessions hold', async () => {
    const options = await main.launcherOptions(null);
    const version = options.environments[0]?.versions[0];
    const project = (await main.identity()).projects.find(({ name }) => name === 'research');
    const start = async (name: string, cpu: string) =>
      main.start({
        ...{ accountId: 'account-1', name, image: version?.image ?? '', architecture: version?.architecture ?? '' },
        ...{ project: 'research', resourceGroup: 'default', shmemBytes: null, mounts: [] },
        slots: { cpu, mem: String(2 ** 29) },
      });
    const running = async (count: number) => {
      for (let tries = 0; tries < 200; tries++) {
        const recent = await overview().recent({ accountId: 'main', projectId: project?.id ?? '' }, context);
        if (recent.length === count) return recent.map(({ name }) => name);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('The sessions did not come up');
    };
    await start('first', '1');
    expect(await running(1)).toEqual(['first']);
    await start('second', '1');
    // The project may hold two cores: the third one waits, and what waits is not listed.
    await start('third', '1');
    expect(await running(2)).toEqual(['second', 'first']);
    const lines = await overview().project({ accountId: 'main', project: 'research' }, context);
    expect(lines?.find(({ slot }) => slot === 'cpu')).toMatchObject({ used: 2, limit: 2, by: 'project' });
    const other = await overview().project({ accountId: 'main', project: 'default' }, context);
    expect(other?.find(({ slot }) => slot === 'cpu')).toMatchObject({ used: 0, limit: null });
    expect(await overview().recent({ accountId: 'poor', projectId: project?.id ?? '' }, context)).toEqual([]);
  });
});
