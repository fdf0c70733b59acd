/** The real API against the shapes of every version family: what is sent where, and that all of it reads the same. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StartInput } from '../../../src-preload/contract/sessions.ts';
import {
  families,
  folderId,
  kernelId,
  projectId,
  type RecordedSite,
  recordedSite,
  sessionId,
  since,
} from './recorded-site.ts';

const input: StartInput = {
  accountId: 'account-1',
  name: 'train',
  image: 'cr.backend.ai/stable/python:3.11-ubuntu22.04',
  architecture: 'x86_64',
  project: 'default',
  resourceGroup: 'gpu',
  slots: { cpu: '2', mem: String(4 * 2 ** 30) },
  shmemBytes: null,
  mounts: [folderId],
  type: 'batch',
  startupCommand: 'python train.py',
  environ: { A: 'b' },
  preopenPorts: [8080],
  priority: 10,
};

describe.each(families)('%s', (family) => {
  let site: RecordedSite;
  beforeEach(async () => {
    site = await recordedSite(family);
  });
  afterEach(() => site.close());
  const is = (first: (typeof families)[number]) => since(family, first);

  it('speaks the version that the site announces', async () => {
    await site.api.identity();
    const versions = new Set(site.server.requests.map(({ headers }) => headers['x-backendai-version']));
    expect([...versions]).toEqual([site.shape.hello.version]);
  });

  it('reads a session of a list and a single one', async () => {
    const expected = {
      id: sessionId,
      type: 'interactive',
      status: 'RUNNING',
      clusterMode: 'single-node',
      project: 'default',
      projectId,
      shmemBytes: 64 * 2 ** 20,
      mounts: ['data'],
      mountIds: is('23.03') ? [folderId] : [],
      services: ['sshd', 'jupyter'],
      slots: { cpu: '2', mem: '4294967296', 'cuda.shares': '0.5' },
      live: { cpuCores: 1.5, memBytes: 1_048_576 },
      result: null,
      startedAt: is('22.09') ? '2026-01-01T00:00:09.500Z' : null,
      kernels: [{ id: kernelId, hostname: 'main1', containerId: 'c0ffee' }],
    };
    const page = await site.api.sessionPage({ finished: false, offset: 0, limit: 20 });
    expect(page).toMatchObject({ total: 1, sessions: [expected] });
    const one = await site.api.session(sessionId);
    expect(one).toMatchObject(expected);
    expect(one?.metrics?.map(({ name }) => name)).toEqual(['cpu_util', 'mem', 'io_read', 'cuda_util', 'cuda_mem']);
    expect(one?.idleChecks?.length).toBe(is('22.09') ? 3 : 0);
    expect(one?.priority).toBe(is('24.09') ? 10 : null);
  });

  it('reads what was over from the last measurements', async () => {
    const page = await site.api.sessionPage({ finished: true, offset: 0, limit: 20 });
    expect(page.sessions[0]?.kernels[0]?.metrics?.length).toBe(5);
  });

  it('looks through a project where the site has nodes, else through the list', async () => {
    const page = await site.api.searchSessions({ scope: { projectId }, offset: 0, limit: 10 });
    expect(page.sessions).toMatchObject([{ id: sessionId, type: 'interactive', shmemBytes: 64 * 2 ** 20 }]);
    const asked = String(site.server.requests[0]?.body);
    expect(asked.includes('compute_session_nodes')).toBe(is('24.09'));
    if (is('24.09')) {
      expect(JSON.parse(asked).variables.scope).toBe(is('24.12') ? `project:${projectId}` : projectId);
      expect(page.sessions[0]).toMatchObject({ image: input.image, kernels: [{ id: kernelId }] });
      expect(page.sessions[0]?.queuePosition).toBe(is('25.15') ? 2 : null);
      expect(page.sessions[0]?.mounts).toEqual(is('25.6') ? ['data'] : []);
    }
  });

  it('names no status in a filter that the site does not know', async () => {
    const filter = { field: 'status', op: 'in', value: ['RUNNING', 'PREPARED', 'PREEMPTED'] } as const;
    await site.api.searchSessions({ scope: 'mine', filter, offset: 0, limit: 10 });
    const sent = JSON.parse(String(site.server.requests[0]?.body)).variables.filter;
    expect(sent.includes('PREPARED')).toBe(is('24.12'));
    expect(sent.includes('PREEMPTED')).toBe(is('26.8'));
    const before = site.server.requests.length;
    const none = { field: 'status', op: '==', value: 'NEVER_HEARD_OF' } as const;
    expect(await site.api.searchSessions({ scope: 'mine', filter: none, offset: 0, limit: 10 })).toEqual({
      sessions: [],
      total: 0,
    });
    expect(site.server.requests.length).toBe(before);
  });

  it('finds for whom and where a session may be started', async () => {
    expect(await site.api.owner('user@example.com')).toEqual({
      email: 'user@example.com',
      fullName: 'U',
      domain: 'default',
      sameDomain: true,
      accessKeys: ['AKIATEST', 'AKIASECOND'],
      projects: ['default'],
    });
    const asked = site.server.requests.map(({ body }) => String(body)).find((body) => body.includes('keypairs'));
    expect(JSON.parse(asked ?? '{}').variables).toEqual({ email: 'user@example.com' });
    // The freest first, shares without binary noise, and none that takes no sessions.
    expect(await site.api.machines('gpu')).toEqual([
      {
        id: 'i-free',
        architecture: 'x86_64',
        free: { cpu: '8', mem: '34359738368' },
        whole: { cpu: '8', mem: '34359738368' },
      },
      {
        id: 'i-busy',
        architecture: 'x86_64',
        free: { cpu: '1', mem: '33285996544', 'cuda.shares': '0.3' },
        whole: { cpu: '8', mem: '34359738368', 'cuda.shares': '2' },
      },
    ]);
    expect(await site.api.machines('elsewhere')).toEqual([]);
  });

  it('starts with keys that the site knows', async () => {
    const started = await site.api.start(input);
    expect(started).toEqual({ sessionId, name: 'train' });
    const body = JSON.parse(
      site
        .sent()
        .find((line) => line.startsWith('POST /session '))
        ?.slice(14) ?? '{}',
    );
    expect(body).toMatchObject({ type: 'batch', group: 'default', domain: 'default', enqueueOnly: true });
    if (is('25.12')) expect(body.config).toMatchObject({ mount_ids: [folderId] });
    else expect(body.config).toMatchObject({ mounts: ['data'] });
    expect('priority' in body).toBe(is('24.09'));
  });

  it('ends, renames, restarts', async () => {
    await site.api.terminate(sessionId, true);
    await site.api.rename(sessionId, 'other');
    expect(site.sent().slice(0, 2)).toEqual([
      `DELETE /session/${sessionId}?forced=true`,
      `POST /session/${sessionId}/rename?name=other {"name":"other"}`,
    ]);
    if (is('26.4')) await expect(site.api.restart(sessionId)).rejects.toMatchObject({ code: 'unsupported' });
    else await site.api.restart(sessionId);
  });

  it('finds each parameter where the site reads it', async () => {
    await site.api.shutdownService(sessionId, 'jupyter');
    expect(await site.api.startService(sessionId, 'jupyter', { arguments: { '--logdir': '/x' } })).toEqual({
      token: 'tok',
      proxyAddress: 'https://proxy.example',
    });
    expect(site.sent().at(-1)).toContain('"arguments":"{\\"--logdir\\":\\"/x\\"}"');
    expect((await site.api.readSessionFile(sessionId, 'id_container')).toString()).toBe('key');
    expect(await site.api.listSessionFiles(sessionId, '.')).toMatchObject([{ name: 'sub', folder: true }]);
    if (is('24.03')) expect(await site.api.imagify(sessionId, 'mine')).toBe('t-1');
    else await expect(site.api.imagify(sessionId, 'mine')).rejects.toMatchObject({ code: 'unsupported' });
    expect(await site.api.ownImageCount()).toBe(is('24.03') ? 1 : null);
    expect(await site.api.commitStatus(sessionId)).toBe(is('22.09') ? 'ongoing' : null);
  });

  it('tells logs, times and relatives', async () => {
    const parts: Uint8Array[] = [];
    for await (const part of await site.api.openLog(sessionId, kernelId, new AbortController().signal))
      parts.push(part);
    const { result } = JSON.parse(Buffer.concat(parts).toString('utf8'));
    expect(result.logs).toBe(is('24.03') ? `log of ${kernelId}` : 'log of main');
    const steps = await site.api.statusHistory(sessionId);
    expect(steps.map(({ status }) => status)).toEqual(
      is('22.09') ? ['PENDING', 'SCHEDULED', 'PREPARING', 'RUNNING'] : [],
    );
    expect(site.sent().some((line) => line.includes('status-history'))).toBe(is('25.12'));
    const { dependsOn, neededBy } = await site.api.relatives(sessionId);
    expect(dependsOn).toMatchObject([{ name: 'first', status: 'TERMINATED', result: 'SUCCESS' }]);
    if (is('24.09')) expect(neededBy).toMatchObject([{ name: 'next', status: 'PENDING' }]);
    else expect(neededBy).toBeNull();
  });

  it('tells folders, entries and the trash', async () => {
    expect(await site.api.folders()).toMatchObject([{ id: folderId, name: 'data', permission: 'wd', isOwner: true }]);
    expect((await site.api.trashedFolders()).map(({ name }) => name)).toEqual(is('24.03') ? ['old'] : []);
    const folder = { id: folderId, name: 'data' };
    const at = `/folders/${is('24.09') && family !== '24.12' ? folderId : 'data'}`;
    expect(await site.api.folderEntries(folder, '')).toMatchObject([
      { name: 'a.txt', kind: 'file', bytes: 5 },
      { name: 'sub', kind: 'folder' },
    ]);
    expect(site.sent().at(-1)).toBe(`GET ${at}/files?path=`);
    const task = await site.api.deleteEntries(folder, ['a.txt'], false);
    expect(task).toBe(is('26.3') ? 't-2' : null);
    const verb = is('24.03') ? 'POST' : 'DELETE';
    const call = is('26.3') ? 'delete-files-async' : 'delete-files';
    expect(site.sent().at(-1)).toBe(`${verb} ${at}/${call} {"files":["a.txt"],"recursive":false}`);
    await site.api.deleteFolder(folder);
    const byBody = family === '24.03' || family === '24.12';
    expect(site.sent().at(-1)).toBe(byBody ? `DELETE /folders {"id":"${folderId}"}` : `DELETE ${at}`);
  });

  it('tells limits, and leaves out what is no number', async () => {
    const policies = await site.api.policies();
    expect(policies).toMatchObject({
      sessionsInUse: 1,
      keypair: {
        maxSessions: 3,
        slots: { cpu: '16', mem: 'Infinity' },
        maxLifetimeSeconds: null,
        idleTimeoutSeconds: 1800,
      },
      projects: [{ id: projectId, name: 'default', slots: { cpu: '32' } }],
      domain: { resourceGroups: ['default', 'gpu'] },
    });
    expect(policies.keypair?.hosts).toEqual({
      'local:volume1': is('22.09') ? ['create-vfolder', 'upload-file', 'mount-in-session'] : null,
    });
    expect(policies.user?.maxFolders).toBe(10);
    expect(policies.user?.maxQuotaBytes ?? null).toBe(is('23.09') ? 2 ** 40 : null);
    const check = await site.api.checkPresets('default', 'gpu');
    expect(check.keypair.remaining.mem).toBe('Infinity');
    expect(check.project.remaining.cpu).toBe('NaN');
    const bounds = await site.api
      .launcherBounds({
        project: 'default',
        resourceGroup: 'gpu',
        image: input.image,
        architecture: 'x86_64',
      })
      .catch((error: unknown) => error);
    // Slots have calls of their own, which this server does not play: the policies were asked all the same.
    expect(bounds).toMatchObject({ code: 'unsupported' });
  });

  it('reads an image with its labels, and leaves a broken one out', async () => {
    expect(await site.api.images()).toMatchObject([
      {
        name: 'stable/python',
        role: 'COMPUTE',
        features: ['batch', 'query', 'uid-match'],
        shmemBytes: 256 * 2 ** 20,
        sizeBytes: 2 ** 30,
        aliases: ['python'],
        customized: { owner: 'aa', name: 'mine', id: '7' },
        coreCountEnvs: ['OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS'],
        minimum: { cpu: '1', mem: '1g' },
      },
    ]);
  });

  it('tells why a session waits', async () => {
    const waiting = await recordedSite(family, { pending: true });
    try {
      const told = await waiting.api.scheduling(sessionId);
      expect(told.reasons[0]).toBe('You cannot run more than 3 concurrent sessions');
      expect(told).toMatchObject({ retries: 3, lastTryAt: '2026-01-01T00:05:00.000Z' });
      expect(told.queuePosition).toBe(is('25.15') ? 2 : null);
      expect(told.attempts.length).toBe(is('26.4') ? 2 : 0);
      const predicate = is('25.15') ? 'ConcurrencyLimitValidator' : 'concurrency';
      expect(told.failed.map(({ name }) => name)).toEqual(is('26.4') ? [] : [predicate]);
    } finally {
      await waiting.close();
    }
  });
});

describe('what a site may get wrong', () => {
  it('degrades optional fields, and names the path of an essential one', async () => {
    const site = await recordedSite('24.09');
    try {
      Object.assign(site.shape.session, {
        containers: 5,
        status_history: 'oops',
        occupied_slots: [1],
        idle_checks: '"x"',
      });
      expect(await site.api.session(sessionId)).toMatchObject({ id: sessionId, kernels: [], history: [], slots: {} });
      Object.assign(site.shape.session, { status: 5 });
      await expect(site.api.session(sessionId)).rejects.toMatchObject({
        code: 'bad-answer',
        params: { path: '/admin/gql' },
      });
      Object.assign(site.shape, { entries: 'no' });
      const pending = site.api.folderEntries({ id: folderId, name: 'data' }, '');
      await expect(pending).rejects.toMatchObject({
        code: 'bad-answer',
        params: { path: `/folders/${folderId}/files` },
      });
    } finally {
      await site.close();
    }
  });

  it('tells what it knows where a deployment keeps the rest to itself', async () => {
    const site = await recordedSite('26.4', { pending: true });
    try {
      delete site.shape.schedulingHistory;
      delete site.shape.node;
      expect(await site.api.scheduling(sessionId)).toMatchObject({ retries: 3, attempts: [], queuePosition: null });
    } finally {
      await site.close();
    }
  });
});
