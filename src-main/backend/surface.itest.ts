/**
 * The whole surface against the sandbox's real HTTP, GraphQL and storage proxy (its kernels are stand-ins), on both faces
 * of the manager: what Berth sends is what a site takes that was not written for it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session, StartInput } from '../../src-preload/contract/sessions.ts';
import { type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { systemClock } from '../base/clock.ts';
import { type Authenticator, createAuthenticator, createHmacAuthenticator } from './authenticator.ts';
import { createSiteApi } from './create-site-api.ts';
import { probe } from './probe.ts';
import { createRoute, defaultRouteSettings } from './route.ts';
import { type Hello, pickApiVersion } from './version-gates.ts';
import { createWebserverDoor } from './webserver.ts';

const faces = [
  ['legacy', 'a manager'],
  ['current', 'a manager'],
  ['current', 'a webserver'],
] as const;

describe.each(faces)('surface, %s, %s', (manager, front) => {
  let dataDir = '';
  let sandbox: Sandbox;
  let api: ReturnType<typeof createSiteApi>;
  let input: StartInput;
  let serial = 0;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'berth-surface-'));
    const runtime = new RuntimeDouble(dataDir);
    const webserver = front === 'a webserver';
    const log = () => undefined;
    sandbox = await startSandbox({ dataDir, port: 0, manager, madeUp: 0, paceMs: 10, runtime, webserver, log });
    const endpoint = sandbox.info.webserver ?? sandbox.info.endpoint;
    const { hello, mode } = await probe(endpoint);
    expect(mode).toBe(webserver ? 'session' : 'api');
    const authenticator = await signIn(endpoint, hello, webserver);
    api = createSiteApi({ endpoint, authenticator, hello, clock: systemClock, offerNotInstalled: true });
    expect(await api.siteConfig()).toEqual(webserver ? expect.objectContaining({ mode: 'session' }) : null);
    const options = await api.launcherOptions(null);
    const version = options.environments[0]?.versions[0];
    input = {
      accountId: 'account-1',
      name: 'surface',
      image: version?.image ?? '',
      architecture: version?.architecture ?? '',
      project: options.projects[0] ?? '',
      resourceGroup: options.resourceGroups[0] ?? '',
      slots: { cpu: '1', mem: String(2 ** 30) },
      shmemBytes: null,
      mounts: [],
    };
  });
  afterAll(async () => {
    api?.dispose();
    await sandbox?.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  async function signIn(endpoint: string, hello: Hello, webserver: boolean): Promise<Authenticator> {
    const { accessKey, secretKey, email, password } = sandbox.info;
    if (!webserver) return createHmacAuthenticator(accessKey, secretKey);
    const route = createRoute(defaultRouteSettings);
    const door = createWebserverDoor({ endpoint, route, clock: systemClock, apiVersion: pickApiVersion(hello) });
    try {
      const outcome = await door.login({ username: email, password, domain: 'default' });
      if (outcome.kind !== 'in') throw new Error(`Not signed in: ${outcome.kind}`);
      return createAuthenticator(outcome.credential);
    } finally {
      door.dispose();
    }
  }

  async function started(change: Partial<StartInput> = {}): Promise<Session> {
    const { sessionId } = await api.start({ ...input, ...change, name: `surface-${serial++}` });
    for (let tries = 0; tries < 200; tries++) {
      const session = await api.session(sessionId);
      if (session !== null && session.family !== 'waiting' && session.family !== 'starting') return session;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('The session did not come up');
  }

  it('tells limits, groups, slots and images', async () => {
    const policies = await api.policies();
    expect(policies.keypair?.name).toBeTruthy();
    expect(policies.projects.map(({ name }) => name)).toContain(input.project);
    expect(policies.domain?.resourceGroups).toContain(input.resourceGroup);
    const check = await api.checkPresets(input.project, input.resourceGroup);
    expect(check.presets.length).toBeGreaterThan(0);
    expect(check.resourceGroups[input.resourceGroup]).toBeDefined();
    expect((await api.resourceGroups(input.project)).map(({ name }) => name)).toContain(input.resourceGroup);
    expect((await api.slotDetails(input.resourceGroup)).map(({ name }) => name).slice(0, 2)).toEqual(['cpu', 'mem']);
    expect((await api.images()).length).toBeGreaterThan(0);
  });

  it('keeps what belongs to the user', async () => {
    const { publicKey, privateKey } = await api.generateSshKeypair();
    expect(privateKey).toContain('PRIVATE KEY');
    expect((await api.sshPublicKey())?.trim()).toBe(publicKey.trim());
    await api.setBootstrapScript('#!/bin/sh\ntrue\n');
    // A manager takes blanks off both ends.
    expect(await api.bootstrapScript()).toBe('#!/bin/sh\ntrue');
    await api.putDotfile({ path: '.testrc', data: 'one', permission: '644' });
    await api.putDotfile({ path: '.testrc', data: 'two', permission: '644' });
    expect(await api.dotfiles()).toContainEqual({ path: '.testrc', data: 'two', permission: '644' });
    await api.deleteDotfile('.testrc');
    expect((await api.dotfiles()).map(({ path }) => path)).not.toContain('.testrc');
    await api.setBootstrapScript('');
    await api.announcement();
  });

  it('starts with everything, tells of the session, ends it', async () => {
    const session = await started({
      environ: { EPOCHS: '3' },
      preopenPorts: [8765],
      tag: 'night',
      ...(api.can('priority') ? { priority: 20 } : {}),
    });
    expect(session).toMatchObject({ status: 'RUNNING', tag: 'night', project: input.project });
    if (api.can('priority')) expect(session.priority).toBe(20);
    const steps = await api.statusHistory(session.id);
    if (api.can('statusHistory')) expect(steps.map(({ status }) => status)).toContain('RUNNING');
    expect((await api.scheduling(session.id)).queuePosition).toBeNull();
    const dependent = `surface-${serial++}`;
    const waiting = await api.start({ ...input, name: dependent, dependencies: [session.id] });
    expect((await api.relatives(waiting.sessionId)).dependsOn).toMatchObject([{ id: session.id, name: session.name }]);
    const relatives = await api.relatives(session.id);
    expect(relatives.dependsOn).toEqual([]);
    if (api.can('sessionNodes')) expect(relatives.neededBy?.map(({ name }) => name)).toEqual([dependent]);
    expect((await api.services(session.id)).map(({ name }) => name)).toContain('sshd');
    const audit = api.auditLog({ sessionId: session.id, offset: 0, limit: 10 });
    if (manager === 'legacy') await expect(audit).rejects.toMatchObject({ code: 'unsupported' });
    // Understood, and told to superadmins alone.
    else
      await expect(audit).rejects.toMatchObject({ code: 'refused-by-site', detail: 'superadmin privilege required' });
    await expect(api.schedulingRounds(session.id)).rejects.toMatchObject({ code: 'unsupported' });
    expect(await api.ownImageCount()).toBe(0);
    if (api.can('commit')) expect(await api.commitStatus(session.id)).toBe('ready');
    await api.rename(session.id, 'surface-renamed');
    expect((await api.session(session.id))?.name).toBe('surface-renamed');
    await api.terminate(waiting.sessionId, false);
    await api.terminate(session.id, false);
  });

  it('tells which folders are mounted, and shows nobody what is not theirs', async () => {
    const [one, two] = await Promise.all(
      ['seen', 'written'].map((name) =>
        api.createFolder({
          ...{ name: `${name}-${serial++}`, host: null, usageMode: 'general', permission: 'rw' },
          ...{ projectId: null, cloneable: false },
        }),
      ),
    );
    if (one === undefined || two === undefined) throw new Error('Two folders were made');
    const session = await started({ mounts: [one.id, two.id], mountOptions: { [one.id]: { readOnly: true } } });
    expect([...(session.mountIds ?? [])].sort()).toEqual([one.id, two.id].sort());
    expect([...session.mounts].sort()).toEqual([one.name, two.name].sort());
    // A manager of 24.03 tells how; a newer one tells ids alone, and neither says which belong together.
    const seen = session.mounted?.find(({ id }) => id === one.id);
    expect(seen).toEqual(
      manager === 'legacy'
        ? { name: one.name, id: one.id, readOnly: true, path: `/home/work/${one.name}` }
        : { name: null, id: one.id, readOnly: null, path: null },
    );

    // An id that nobody has, and one of somebody else: the same answer.
    const { endpoint } = sandbox.info;
    const { hello } = await probe(endpoint);
    const stranger = sandbox.info.accounts.find(({ email }) => email.startsWith('low-limits'));
    const authenticator = createHmacAuthenticator(stranger?.accessKey ?? '', stranger?.secretKey ?? '');
    const other = createSiteApi({ endpoint, authenticator, hello, clock: systemClock });
    try {
      expect(await other.session(session.id)).toBeNull();
      expect(await other.session('5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13')).toBeNull();
    } finally {
      other.dispose();
    }
    await api.terminate(session.id, true);
  });

  it('runs a batch job', async () => {
    const session = await started({ type: 'batch', startupCommand: 'true' });
    expect(session).toMatchObject({ type: 'batch', startupCommand: 'true' });
    await api.terminate(session.id, true).catch(() => undefined);
  });

  it('finds sessions by conditions that are hard to write', async () => {
    const { id } = await started();
    const { name = '' } = (await api.session(id)) ?? {};
    const find = async (filter: NonNullable<Parameters<typeof api.searchSessions>[0]['filter']>) =>
      (await api.searchSessions({ scope: 'mine', filter, offset: 0, limit: 10 })).sessions.map((one) => one.id);
    const running = { field: 'status', op: 'in', value: ['RUNNING', 'PREEMPTED', 'PREPARED'] } as const;
    expect(await find({ all: [running, { field: 'name', op: '==', value: name }] })).toEqual([id]);
    expect(await find({ field: 'name', op: 'includes', value: name.toUpperCase() })).toEqual([id]);
    for (const value of ['%', '"', '\\', '\\"', 'a"b\\', '한글', "'; --"]) {
      expect(
        await find({
          any: [
            { field: 'name', op: '==', value },
            { field: 'name', op: 'includes', value },
          ],
        }),
      ).toEqual([]);
    }
    const { projects } = await api.identity();
    const projectId = projects.find((project) => project.name === input.project)?.id ?? '';
    const all = await api.searchSessions({
      scope: { projectId },
      filter: { field: 'name', op: '==', value: name },
      offset: 0,
      limit: 5,
    });
    expect(all.sessions).toMatchObject([{ id, name }]);
    await api.terminate(id, true);
  });

  it('makes, fills, reads, renames, throws away and restores a folder', async () => {
    const { hosts, defaultHost } = await api.folderHosts(null);
    expect(hosts.map(({ name }) => name)).toContain(defaultHost);
    expect(await api.folderOwners()).toContain('user');
    const made = await api.createFolder({
      name: `surface-${serial++}`,
      host: null,
      usageMode: 'general',
      permission: 'rw',
      projectId: null,
      cloneable: false,
    });
    const data = randomBytes(3 * 2 ** 20 + 5);
    const progress: number[] = [];
    const source = {
      bytes: data.byteLength,
      async *open(offset: number) {
        yield data.subarray(offset);
      },
    };
    await api.upload(made, 'dir/big.bin', source, { onProgress: (bytes) => progress.push(bytes) });
    expect(progress.at(-1)).toBe(data.byteLength);
    await api.upload(made, 'empty', { bytes: 0, async *open() {} });
    expect(await api.folderEntries(made, '')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'dir', kind: 'folder' }),
        expect.objectContaining({ name: 'empty', kind: 'file', bytes: 0 }),
      ]),
    );
    const download = await api.download(made, 'dir/big.bin');
    const parts: Buffer[] = [];
    for await (const part of download.content) parts.push(part);
    expect(download.bytes).toBe(data.byteLength);
    expect(Buffer.concat(parts).equals(data)).toBe(true);
    const rest = await api.download(made, 'dir/big.bin', { offset: data.byteLength - 5 });
    const tail: Buffer[] = [];
    for await (const part of rest.content) tail.push(part);
    expect(Buffer.concat(tail).equals(data.subarray(-5))).toBe(true);

    await api.makeFolder(made, 'deep/er', true);
    await api.renameEntry(made, 'empty', 'nothing');
    await api.moveEntry(made, 'nothing', 'deep/nothing');
    expect((await api.folderEntries(made, 'deep')).map(({ name }) => name).sort()).toEqual(['er', 'nothing']);
    await api.deleteEntries(made, ['deep'], true);
    const renamed = { ...made, name: `surface-${serial++}` };
    await api.renameFolder(made, renamed.name);
    expect((await api.folders()).find(({ id }) => id === made.id)?.name).toBe(renamed.name);
    await api.deleteFolder(renamed);
    expect((await api.folders()).map(({ id }) => id)).not.toContain(made.id);
    if (!api.can('folderTrash')) return;
    expect((await api.trashedFolders()).map(({ id }) => id)).toContain(made.id);
    await api.restoreFolder(renamed);
    expect((await api.folders()).map(({ id }) => id)).toContain(made.id);
    await api.deleteFolder(renamed);
    await api.eraseFolder(renamed);
    expect((await api.trashedFolders()).map(({ id }) => id)).not.toContain(made.id);
  });
});
