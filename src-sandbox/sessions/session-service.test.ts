/**
 * The life of a session against a runtime without processes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Account } from '../auth/account.ts';
import { profiles } from '../auth/profiles.ts';
import { type FaceName, faceOf } from '../face.ts';
import { FolderStore } from '../folders/folder-store.ts';
import { ImageCatalog } from '../images/catalog.ts';
import { projectsOf } from '../site-facts.ts';
import { policyNamed } from '../slots/capacity.ts';
import { readSlots, showSlots } from '../slots/slots.ts';
import { until } from '../testing/client.ts';
import { RuntimeDouble } from '../testing/kernel-double.ts';
import { BackgroundTasks, EventHub } from './events.ts';
import { idleChecks, idleReason } from './idle-checks.ts';
import type { Session, SessionOrder } from './session.ts';
import { SessionService } from './session-service.ts';

let dir = '';
let runtime: RuntimeDouble;
let service: SessionService;
let names: string[] = [];
let owner: Account;

async function build(faceName: FaceName, capacity = { cpu: '4', mem: '8g', 'cuda.shares': '2' }): Promise<void> {
  const face = faceOf(faceName);
  const events = new EventHub(face);
  names = [];
  events.subscribe(({ name }) => names.push(name));
  runtime = new RuntimeDouble(dir);
  owner = await Account.open(dir, profiles[0]);
  service = new SessionService({
    face,
    runtime,
    images: new ImageCatalog(runtime),
    folders: await FolderStore.open(dir, owner.userId),
    events,
    tasks: new BackgroundTasks(),
    capacity: readSlots(capacity),
    idleTimeout: 0,
    paceMs: 1,
    log: () => undefined,
  });
}

async function enqueue(
  name: string,
  resources: Readonly<Record<string, string>>,
  image = 'python',
  more: Partial<SessionOrder> = {},
): Promise<Session> {
  const found = await new ImageCatalog(runtime).find(image);
  if (found === null) throw new Error(`There is no image ${image}.`);
  return service.enqueue({
    owner,
    project: projectsOf(owner.projectId)[0],
    resourceGroup: 'default',
    name,
    type: 'INTERACTIVE',
    clusterMode: 'single-node',
    clusterSize: 1,
    image: found,
    tag: null,
    priority: 10,
    requested: readSlots(resources),
    shmem: 0n,
    environ: {},
    mounts: [],
    preopenPorts: [],
    bootstrapScript: null,
    startupCommand: null,
    startsAt: null,
    batchTimeoutMs: null,
    dependencies: [],
    ...more,
  });
}

const reach = (session: Session, status: string) =>
  until(`${session.name} ${status}`, () => (session.status === status ? true : null));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-life-'));
});
afterEach(async () => {
  service.dispose();
  await rm(dir, { recursive: true, force: true });
});

describe('session life', () => {
  it('walks through every status of the current manager and tells of each', async () => {
    await build('current');
    const session = await enqueue('walker', { cpu: '1', mem: '1g' });
    await reach(session, 'RUNNING');
    expect([...session.history.keys()]).toEqual([
      'PENDING',
      'SCHEDULED',
      'PREPARING',
      'PULLING',
      'PREPARED',
      'CREATING',
      'RUNNING',
    ]);
    expect(service.destroy(session, 'user-requested')).toBe('terminated');
    await reach(session, 'TERMINATED');
    expect(session).toMatchObject({ statusInfo: 'user-requested', holdsSlots: false, main: { finalLogs: 'a line\n' } });
    expect(runtime.kernels[0]?.stopped).toBe(true);
    expect(names.filter((name) => name.startsWith('session_'))).toEqual([
      'session_enqueued',
      'session_scheduled',
      'session_preparing',
      'session_pulling',
      'session_prepared',
      'session_creating',
      'session_started',
      'session_terminating',
      'session_terminated',
    ]);
    expect(names).toContain('kernel_started');
  });

  it('does not know PREPARED and CREATING before 24.12, nor their events', async () => {
    await build('legacy');
    const session = await enqueue('older', { cpu: '1', mem: '1g' });
    await reach(session, 'RUNNING');
    expect([...session.history.keys()]).toEqual(['PENDING', 'SCHEDULED', 'PREPARING', 'PULLING', 'RUNNING']);
    expect(names.filter((name) => name.startsWith('session_'))).toEqual([
      'session_enqueued',
      'session_scheduled',
      'session_started',
    ]);
  });

  it('waits for resources, says why, and starts when they are free', async () => {
    await build('current', { cpu: '2', mem: '2g', 'cuda.shares': '0.5' });
    const first = await enqueue('first-one', { cpu: '1', mem: '1g', 'cuda.shares': '0.4' });
    await reach(first, 'RUNNING');
    const second = await enqueue('second-one', { cpu: '1', mem: '1g', 'cuda.shares': '0.2' });
    const third = await enqueue('third-one', { cpu: '1', mem: '512m' });
    await reach(third, 'RUNNING');
    expect(second.status).toBe('PENDING');
    expect(service.usage.queue().indexOf(second)).toBe(0);
    expect(second.statusData).toMatchObject({
      scheduler: {
        failed_predicates: [{ name: 'KeypairResourceLimitValidator' }],
        passed_predicates: expect.anything(),
      },
    });
    expect(second.statusInfo).toMatch(/quota is exceeded/);
    service.destroy(first, 'user-requested');
    await reach(second, 'RUNNING');
    expect(second.statusData).toBeNull();
  });

  it('pulls a missing environment once for all who wait, with progress', async () => {
    await build('current');
    let finish = (): void => undefined;
    let pulls = 0;
    runtime.pulling = (onProgress) => {
      pulls += 1;
      onProgress({ current: 1, total: 4, message: 'fetching 1 of 4' });
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const one = await enqueue('puller-1', { cpu: '1', mem: '1g' }, 'jupyter');
    const two = await enqueue('puller-2', { cpu: '1', mem: '1g' }, 'jupyter');
    await until('progress', () => (one.statusInfo === 'fetching 1 of 4' ? true : null));
    expect(one.statusData).toMatchObject({ pull: { current: 1, total: 4 } });
    await reach(two, 'PULLING');
    finish();
    await Promise.all([reach(one, 'RUNNING'), reach(two, 'RUNNING')]);
    expect(pulls).toBe(1);
  });

  it('ends in ERROR with the words of a failed pull or start, and gives its resources back', async () => {
    await build('current');
    runtime.pulling = () => Promise.reject(new Error('Jupyter cannot be fetched: no network.'));
    const session = await enqueue('no-luck', { cpu: '4', mem: '1g' }, 'jupyter');
    await reach(session, 'ERROR');
    expect(session).toMatchObject({ statusInfo: 'failed-to-start', holdsSlots: false });
    expect(session.statusData).toMatchObject({
      error: { src: 'agent', repr: 'Jupyter cannot be fetched: no network.' },
    });
    runtime.failure = 'The shell is missing.';
    const other = await enqueue('no-luck-2', { cpu: '4', mem: '1g' });
    await reach(other, 'ERROR');
    expect(other.statusData).toMatchObject({ error: { repr: 'The shell is missing.' } });
    service.destroy(other, 'force-terminated');
    await reach(other, 'TERMINATED');
  });

  it('cancels while it pulls, and stops the pull', async () => {
    await build('current');
    let stopped = false;
    runtime.pulling = (_onProgress, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(new Error('stopped'));
        });
      });
    const session = await enqueue('no-longer', { cpu: '1', mem: '1g' }, 'jupyter');
    await reach(session, 'PULLING');
    expect(service.destroy(session, 'user-requested')).toBe('cancelled');
    expect(session.status).toBe('CANCELLED');
    await until('the pull to stop', () => (stopped && !session.holdsSlots ? true : null));
    expect(runtime.kernels).toHaveLength(0);
    expect(session.status).toBe('CANCELLED');
  });

  it('notices that a session ended by itself', async () => {
    await build('current');
    const session = await enqueue('self-ender', { cpu: '1', mem: '1g' });
    await reach(session, 'RUNNING');
    runtime.kernels[0]?.endBy(3);
    await reach(session, 'TERMINATED');
    expect(session).toMatchObject({ statusInfo: 'self-terminated', statusData: { kernel: { exit_code: 3 } } });
  });

  it('keeps the name of a live session to itself', async () => {
    await build('current');
    const one = await enqueue('named-one', { cpu: '1', mem: '1g' });
    const two = await enqueue('named-two', { cpu: '1', mem: '1g' });
    await Promise.all([reach(one, 'RUNNING'), reach(two, 'RUNNING')]);
    expect(() => service.rename(two, 'named-one')).toThrow(/Duplicate/);
    service.rename(two, 'renamed');
    expect(service.store.live('renamed', owner)).toBe(two);
    expect(() => service.store.live('named-two', owner)).toThrow();
  });

  it('runs a batch job to its end, and lets others wait for its success', async () => {
    await build('current');
    const job = { type: 'BATCH', startupCommand: 'exit 0' } as const;
    const good = await enqueue('good-job', { cpu: '1', mem: '1g' }, 'python', job);
    const bad = await enqueue('bad-job', { cpu: '1', mem: '1g' }, 'python', { ...job, startupCommand: 'exit 3' });
    const after = await enqueue('after', { cpu: '1', mem: '1g' }, 'python', { dependencies: [good.id] });
    const never = await enqueue('never', { cpu: '1', mem: '1g' }, 'python', { dependencies: [bad.id] });
    await Promise.all([reach(good, 'TERMINATED'), reach(bad, 'TERMINATED'), reach(after, 'RUNNING')]);
    expect(good).toMatchObject({ result: 'SUCCESS', statusInfo: 'task-finished' });
    expect(bad).toMatchObject({ result: 'FAILURE', statusInfo: 'task-failed' });
    expect(bad.statusData).toMatchObject({ kernel: { exit_code: 3 } });
    expect(names).toEqual(expect.arrayContaining(['session_success', 'session_failure']));
    expect(never).toMatchObject({ status: 'PENDING', statusInfo: expect.stringContaining('(bad-job)') });
  });

  it('starts as many kernels as the cluster has, each with its place, and counts them all', async () => {
    await build('current');
    const session = await enqueue('cluster', { cpu: '1', mem: '1g' }, 'python', { clusterSize: 3 });
    await reach(session, 'RUNNING');
    expect(session.kernels.map(({ hostname, running }) => [hostname, running !== null])).toEqual([
      ['main1', true],
      ['sub1', true],
      ['sub2', true],
    ]);
    expect(runtime.kernels.map(({ spec }) => spec.cluster?.rank).sort()).toEqual([0, 1, 2]);
    expect(showSlots(service.usage.occupied()).cpu).toBe('3');
    const large = await enqueue('too-large', { cpu: '1', mem: '1g' }, 'python', { clusterSize: 2 });
    await until('why it waits', () => large.statusInfo?.startsWith('Your keypair resource quota is exceeded.'));
  });

  it('waits for its start time, its project and its group, and says so', async () => {
    await build('legacy');
    const later = { type: 'BATCH', startupCommand: 'exit 0', startsAt: Date.now() + 3_600_000 } as const;
    const [, research] = projectsOf(owner.projectId);
    if (research === undefined) throw new Error('There is no second project.');
    const reserved = await enqueue('reserved', { cpu: '1', mem: '1g' }, 'python', later);
    const large = await enqueue('large', { cpu: '3', mem: '1g' }, 'python', { project: research });
    const noGpu = { cpu: '1', mem: '1g', 'cuda.shares': '1' };
    const elsewhere = await enqueue('elsewhere', noGpu, 'python', { resourceGroup: 'cpu-only' });
    await until('all were looked at', () => [reserved, large, elsewhere].every(({ retries }) => retries > 0));
    const failed = (session: Session) => JSON.stringify(session.statusData);
    expect(failed(reserved)).toContain('"reserved_time"');
    expect(failed(large)).toContain('"user_group_resource_limit"');
    expect(elsewhere.statusInfo).toBe('no-available-instances');
  });
});

describe('idle checks', () => {
  const policy = { ...policyNamed('default', {}), idleTimeout: 60, maxLifetime: 600 };

  it('count from the last use, not while a tunnel is open, and not for batch jobs', async () => {
    await build('current');
    const session = await enqueue('idle', { cpu: '1', mem: '1g' });
    await reach(session, 'RUNNING');
    const start = session.lastActivityAt;
    expect(idleChecks(session, policy, start + 20_000).network_timeout?.remaining).toBe(40);
    expect(idleReason(session, policy, start + 59_000)).toBeNull();
    expect(idleReason(session, policy, start + 61_000)).toBe('idle-timeout');
    session.openTunnels = 1;
    expect(idleReason(session, policy, start + 61_000)).toBeNull();
    expect(idleReason(session, policy, start + 700_000)).toBe('idle-session-lifetime');
  });
});
