/**
 * The main path against the sandbox's real HTTP, GraphQL, events and tunnels (its kernels are stand-ins): sign in, start,
 * RUNNING by events, list, tunnel, terminate. On both faces of the manager.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { UsageLine } from '../../src-preload/contract/usage.ts';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { siteWire } from '../backend/site-wire.ts';
import { until } from '../backend/testing.ts';
import { systemClock } from '../base/clock.ts';
import type { Emit } from '../handlers.ts';
import { usageHandlers } from '../launcher/usage-reader.ts';
import { SitesService } from '../sites/sites-service.ts';
import { MemoryDocument, MemorySecrets, quietLog } from '../sites/testing.ts';
import { SessionsService } from './sessions-service.ts';

const faces = ['legacy', 'current'] as const;

describe.each(faces)('main path, %s manager', (manager) => {
  let dataDir = '';
  let runtime: RuntimeDouble;
  let sandbox: Sandbox;
  let sites: SitesService;
  let sessions: SessionsService;
  let seen: { area: string; payload: unknown }[] = [];
  const documents = new MemoryDocument();
  const secrets = new MemorySecrets();

  const open = () => {
    const emit: Emit = (area, _name, payload) => seen.push({ area, payload });
    sites = new SitesService({
      documents,
      secrets,
      emit,
      clock: systemClock,
      wire: siteWire,
      log: quietLog,
    });
    sessions = new SessionsService({ accounts: sites, emit, clock: systemClock, log: quietLog });
  };
  const statuses = (sessionId: string) =>
    seen.flatMap(({ area, payload }) =>
      area === 'sessions' && typeof payload === 'object' && payload !== null && 'changed' in payload
        ? (payload.changed as Session[]).filter(({ id }) => id === sessionId).map(({ status }) => status)
        : [],
    );

  beforeEach(async () => {
    seen = [];
    dataDir = await mkdtemp(join(tmpdir(), 'berth-main-path-'));
    runtime = new RuntimeDouble(dataDir);
    sandbox = await startSandbox({ dataDir, port: 0, manager, madeUp: 0, paceMs: 50, runtime, log: () => undefined });
    open();
  });

  afterEach(async () => {
    sessions.dispose();
    sites.dispose();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('tells the sessions of one project, live and finished', async () => {
    const accountId = await sites.addSandboxAccount(sandbox.info);
    const api = sites.api(accountId);
    const { environments, projects, resourceGroups } = await api.launcherOptions(null);
    const { image = '', architecture = '' } = environments.find((it) => it.versions[0]?.installed)?.versions[0] ?? {};
    const [resourceGroup = ''] = resourceGroups;
    const started = new Map<string, string>();
    for (const project of projects) {
      const slots = { cpu: '1', mem: String(2 ** 29) };
      const order = { accountId, name: `of-${project}`, image, architecture, project, resourceGroup, slots };
      started.set(project, (await sessions.start({ ...order, shmemBytes: null, mounts: [] })).sessionId);
    }
    expect(started.size).toBeGreaterThan(1);
    const all = (await api.identity()).projects;
    const ofProject = async (name: string, finished: boolean) => {
      const projectId = all.find((it) => it.name === name)?.id ?? '';
      const page = await sessions.ofProject({ accountId, projectId, finished, limit: 10 });
      return page.sessions.map(({ id, accessKey }) => ({ id, own: accessKey === sandbox.info.accessKey }));
    };
    for (const [project, id] of started) expect(await ofProject(project, false)).toEqual([{ id, own: true }]);
    const [[first, firstId] = ['', '']] = started;
    await until(() => sessions.get(accountId, firstId)?.status === 'RUNNING', 15_000);
    await sessions.terminate({ accountId, sessionId: firstId }, false);
    await until(() => sessions.get(accountId, firstId)?.family === 'finished', 15_000);
    expect(await ofProject(first, false)).toEqual([]);
    expect(await ofProject(first, true)).toEqual([{ id: firstId, own: true }]);
  });

  it('offers devices of several kinds with the rules of each, and tells what is used of them', async () => {
    const accountId = await sites.addSandboxAccount(sandbox.info);
    const api = sites.api(accountId);
    const project = 'research';
    const { environments, resourceGroups } = await api.launcherOptions(project);
    expect(resourceGroups).toEqual(['default', 'cpu-only', 'devices']);
    const { image = '', architecture = '' } = environments.find((it) => it.versions[0]?.installed)?.versions[0] ?? {};
    const place = { project, resourceGroup: 'devices', image, architecture };
    const { bounds } = await api.launcherBounds(place);
    expect(bounds.map(({ slot, max, maxBy }) => [slot, max, maxBy]).slice(2)).toEqual([
      ['cuda.device', 2, 'policy'],
      ['rocm.device', 1, 'device'],
    ]);
    const order = { accountId, ...place, name: 'on-devices', shmemBytes: null, mounts: [] };
    const amounts = { cpu: '1', mem: String(2 ** 29) };
    await expect(sessions.start({ ...order, slots: { ...amounts, 'rocm.device': '2' } })).rejects.toMatchObject({
      code: 'refused-by-site',
    });
    const { sessionId } = await sessions.start({ ...order, slots: { ...amounts, 'rocm.device': '1' } });
    await until(() => sessions.get(accountId, sessionId)?.status === 'RUNNING', 15_000);
    expect(sessions.get(accountId, sessionId)).toMatchObject({
      resourceGroup: 'devices',
      slots: { 'rocm.device': '1' },
      kernels: [{ agent: 'i-sandbox-devices' }],
    });
    const usage = usageHandlers({ accounts: sites, clock: systemClock });
    const context = { signal: new AbortController().signal };
    const told = await usage.read({ accountId, project, resourceGroup: 'devices', whole: true }, context);
    const of = (lines: readonly UsageLine[] | null, slot: string) => lines?.find((line) => line.slot === slot);
    expect(of(told.mine, 'cpu')).toMatchObject({ used: 1, limit: 2, by: 'project' });
    expect(of(told.inGroup, 'rocm.device')).toMatchObject({ used: 1, limit: 1 });
    expect(of(told.group, 'rocm.device')).toMatchObject({ used: 1, limit: 1, by: 'machines' });
    expect(of(told.group, 'cuda.shares')).toBeUndefined();

    // Force, by the rules of each manager: plainly refused while it starts on an old one, not needed on a new one.
    const old = manager === 'legacy';
    await sandbox.close();
    const paced = { dataDir, port: 0, manager, madeUp: 0, paceMs: 2_500, runtime, log: () => undefined };
    sandbox = await startSandbox(paced);
    await sites.addSandboxAccount(sandbox.info);
    const starting = await sessions.start({ ...order, name: 'starting', resourceGroup: 'cpu-only', slots: amounts });
    const ref = { accountId, sessionId: starting.sessionId };
    await until(() => sessions.get(accountId, ref.sessionId)?.status === 'SCHEDULED', 15_000);
    expect(await sessions.ending(ref)).toEqual(
      old
        ? { plain: 'refused', force: 'offered', reason: 'starting' }
        : { plain: 'cancels', force: 'unneeded', reason: 'unneeded' },
    );
    if (old) await expect(sessions.terminate(ref, false)).rejects.toMatchObject({ code: 'forbidden' });
    await sessions.terminate(ref, old);
    await until(() => sessions.get(accountId, ref.sessionId)?.family === 'finished', 15_000);
    expect(sessions.get(accountId, ref.sessionId)?.statusInfo).toBe(old ? 'force-terminated' : 'user-requested');
    expect((await sessions.ending(ref)).plain).toBe('over');
  });

  it('ends a session on a site that stumbles: again after a bad gateway, once where only the answer was lost', async () => {
    await sandbox.close();
    const faults = join(dataDir, 'faults.json');
    const on = 'DELETE /session/*';
    const rules = [
      { fault: '502', html: true, on, count: 1 },
      { fault: 'broken-off', on },
    ];
    await writeFile(faults, JSON.stringify({ rules }));
    sandbox = await startSandbox({
      dataDir,
      port: 0,
      manager,
      madeUp: 0,
      paceMs: 50,
      runtime,
      log: () => undefined,
      faults,
    });
    const accountId = await sites.addSandboxAccount(sandbox.info);
    const api = sites.api(accountId);
    const { environments, projects, resourceGroups } = await api.launcherOptions(null);
    const { image = '', architecture = '' } = environments.find((it) => it.versions[0]?.installed)?.versions[0] ?? {};
    const place = { image, architecture, project: projects[0] ?? '', resourceGroup: resourceGroups[0] ?? '' };
    const slots = { cpu: '1', mem: String(2 ** 29) };
    const started = await sessions.start({
      accountId,
      name: 'stumbles',
      ...place,
      slots,
      shmemBytes: null,
      mounts: [],
    });
    const ref = { accountId, sessionId: started.sessionId };
    await until(() => sessions.get(accountId, ref.sessionId)?.status === 'RUNNING', 15_000);
    await sessions.terminate(ref, false);
    await until(() => sessions.get(accountId, ref.sessionId)?.status === 'TERMINATED', 15_000);
    expect(sessions.get(accountId, ref.sessionId)?.statusInfo).toBe('user-requested');
  });

  it('signs in, starts, runs, is listed, gives a tunnel, ends', async () => {
    const { endpoint, accessKey, secretKey } = sandbox.info;
    expect(await sites.probe(endpoint)).toMatchObject({ reachable: true, mode: 'api' });
    await expect(sites.signIn({ endpoint, mode: 'api', accessKey, secretKey: 'wrong' })).rejects.toMatchObject({
      code: 'unauthorised',
    });
    const accountId = await sites.addSandboxAccount(sandbox.info);
    expect(sites.list()).toMatchObject([
      { name: 'Local sandbox', isSandbox: true, accounts: [{ state: 'signed-in' }] },
    ]);
    const api = sites.api(accountId);

    const options = await api.launcherOptions(null);
    const environment = options.environments.find(({ id }) => id === options.defaultEnvironment);
    expect(environment?.versions[0]).toMatchObject({ installed: true });
    const [project = ''] = options.projects;
    const [resourceGroup = ''] = options.resourceGroups;
    const { image = '', architecture = '' } = environment?.versions[0] ?? {};
    const bounds = await api.launcherBounds({ project, resourceGroup, image, architecture });
    expect(bounds.bounds.map(({ slot }) => slot)).toEqual(expect.arrayContaining(['cpu', 'mem', 'cuda.shares']));
    expect(bounds.presets.length).toBeGreaterThan(0);
    const folders = await api.folders();
    const chosen = folders.filter(({ automatic }) => !automatic).slice(0, 2);

    expect(await sessions.list(accountId, 'running')).toMatchObject({ sessions: [], complete: true });
    await until(
      () => sessions.get(accountId, 'x') === undefined && seen.some(({ payload }) => isLive(payload, 'events')),
    );
    const { sessionId } = await sessions.start({
      accountId,
      name: 'main-path',
      image,
      architecture,
      project,
      resourceGroup,
      slots: { cpu: '1', mem: String(2 ** 30), 'cuda.shares': '0.5' },
      shmemBytes: null,
      mounts: chosen.map(({ id }) => id),
    });
    await until(() => sessions.get(accountId, sessionId)?.status === 'RUNNING', 15_000);
    const session = sessions.get(accountId, sessionId);
    expect(session).toMatchObject({
      name: 'main-path',
      family: 'running',
      tab: 'running',
      slots: { cpu: '1', mem: String(2 ** 30), 'cuda.shares': '0.5' },
      shmemBytes: 64 * 2 ** 20,
      mounts: chosen.map(({ name }) => name),
      project,
      resourceGroup,
    });
    expect(session?.services).toContain('sshd');
    await until(() => statuses(sessionId).at(-1) === 'RUNNING');
    expect((await sessions.list(accountId, 'running')).sessions.map(({ id }) => id)).toEqual([sessionId]);
    expect(await text(await api.openLog(sessionId, null, new AbortController().signal))).toContain('a line');
    expect((await api.services(sessionId)).map(({ name }) => name)).toContain('sshd');
    expect((await api.readSessionFile(sessionId, 'id_container')).toString()).toContain('PRIVATE KEY');
    await expect(
      sessions.start({
        accountId,
        name: 'main-path',
        image,
        architecture,
        project,
        resourceGroup,
        slots: { cpu: '1', mem: '536870912' },
        shmemBytes: null,
        mounts: [],
      }),
    ).rejects.toMatchObject({ code: 'name-taken' });

    const tunnel = await api.openTunnel(sessionId, 'sshd', 'tcpproxy');
    const message = once(tunnel, 'message');
    const service = runtime.kernels[0]?.connections[0];
    service?.on('error', () => undefined);
    service?.write('SSH-2.0-double\r\n');
    tunnel.resume();
    expect(String((await message)[0])).toBe('SSH-2.0-double\r\n');
    tunnel.close();
    await expect(api.openTunnel(sessionId, 'nothing', 'tcpproxy')).rejects.toMatchObject({ code: 'service-unknown' });
    await expect(api.openTunnel(sessionId, 'broken', 'tcpproxy')).rejects.toMatchObject({ code: 'service-failed' });

    await sessions.rename({ accountId, sessionId }, 'renamed-path');
    await until(() => sessions.get(accountId, sessionId)?.name === 'renamed-path');

    const ended: string[] = [];
    sessions.onEnded((_account, id) => ended.push(id));
    await sessions.terminate({ accountId, sessionId }, false);
    await until(() => sessions.get(accountId, sessionId)?.status === 'TERMINATED', 15_000);
    expect(ended).toEqual([sessionId]);
    expect((await sessions.list(accountId, 'finished')).sessions.map(({ id }) => id)).toEqual([sessionId]);
    await expect(api.openTunnel(sessionId, 'sshd', 'tcpproxy')).rejects.toMatchObject({ place: 'manager' });
    await sessions.terminate({ accountId, sessionId }, false);
    expect(JSON.stringify([documents.read(), seen])).not.toContain(secretKey);
  });

  it('comes back after a restart of Berth, and of the sandbox on another port', async () => {
    const accountId = await sites.addSandboxAccount(sandbox.info);
    sessions.dispose();
    sites.dispose();
    open();
    sites.restore();
    await until(() => sites.list().some(({ accounts }) => accounts.some(({ state }) => state === 'signed-in')));
    expect(await sessions.list(accountId, 'running')).toMatchObject({ sessions: [] });

    await sandbox.close();
    await until(() => seen.some(({ area, payload }) => area === 'sessions' && isLive(payload, 'none')), 60_000);
    runtime = new RuntimeDouble(dataDir);
    sandbox = await startSandbox({ dataDir, port: 0, manager, madeUp: 0, paceMs: 50, runtime, log: () => undefined });
    expect(await sites.addSandboxAccount(sandbox.info)).toBe(accountId);
    seen = [];
    await until(() => seen.some(({ area, payload }) => area === 'sessions' && isLive(payload, 'events')), 15_000);
    expect(await sessions.list(accountId, 'running')).not.toHaveProperty('error');
  });
});

function isLive(payload: unknown, live: string): boolean {
  return typeof payload === 'object' && payload !== null && 'live' in payload && payload.live === live;
}

async function text(answer: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of answer) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
