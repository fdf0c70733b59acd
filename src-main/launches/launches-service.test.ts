import { describe, expect, it } from 'vitest';
import { emptySpec } from '../../src-preload/contract/launch-spec.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { DocumentStore } from '../hosts/host.ts';
import { FakeClock, makeSession, sessionId } from '../sessions/testing.ts';
import { keptEntries } from './launches-book.ts';
import { LaunchesService } from './launches-service.ts';

const accountId = 'account-1';

function rig(document: Record<string, unknown> = {}) {
  const clock = new FakeClock();
  const known = new Map<string, Session>();
  const told: string[] = [];
  let changed: (accountId: string, sessions: readonly Session[]) => void = () => {};
  let signedOut: (accountId: string) => void = () => {};
  let full = false;
  const store: DocumentStore = {
    path: 'launches.json',
    read: () => structuredClone(document),
    write: (next) => {
      if (full) throw new Error('ENOSPC');
      document = structuredClone(next);
    },
  };
  const make = () =>
    new LaunchesService({
      store,
      accounts: {
        api: () => {
          throw new Error('Not part of this test');
        },
        site: () => ({ id: 'site-0001', name: 'lab-a', colour: '#000000' }),
        onSignedOut: (listener) => {
          signedOut = listener;
          return () => {};
        },
      },
      siteHost: () => 'lab-a.example',
      sessions: {
        get: (_account, id) => known.get(id),
        read: async ({ sessionId: id }) => known.get(id) ?? makeSession(99, 'TERMINATED', { id, name: 'old' }),
        onChanged: (listener) => {
          changed = listener;
          return () => {};
        },
      },
      emit: (area, name) => void told.push(`${area}.${name}`),
      clock,
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
  return {
    clock,
    told,
    make,
    see: (session: Session) => {
      known.set(session.id, session);
      changed(accountId, [session]);
    },
    signOut: () => signedOut(accountId),
    fill: () => {
      full = true;
    },
    written: () => JSON.stringify(document),
  };
}

const one = { sessionId: sessionId(1), name: 's1' };

describe('history', () => {
  it('keeps the last fifty and every pinned one, across a restart, without secrets', async () => {
    const it = rig();
    const service = it.make();
    const spec = { ...emptySpec, environ: [{ name: 'API_TOKEN', value: 'canary' }] };
    for (let count = 0; count < keptEntries + 5; count += 1) {
      service.record(accountId, { ...spec, name: `run-${count}` }, [one], null);
      if (count === 0) service.change(accountId, service.history(accountId)[0]?.id ?? '', { pinned: true });
      await it.clock.advance(1_000);
    }
    service.dispose();
    expect(it.written()).not.toContain('canary');
    const again = it.make().history(accountId);
    expect(again).toHaveLength(keptEntries + 1);
    expect(again[0]).toMatchObject({ pinned: true, spec: { name: 'run-0' } });
    expect(again[1]?.spec.name).toBe(`run-${keptEntries + 4}`);
    expect(again.at(-1)?.spec.name).toBe('run-5');
  });

  it('gives a session back exactly as it was asked for, and another one from what the site tells', async () => {
    const it = rig();
    const service = it.make();
    service.record(accountId, { ...emptySpec, name: 's1', preset: 'small', priority: '20' }, [one], null);
    expect((await service.again({ accountId, sessionId: one.sessionId })).spec).toMatchObject({ priority: '20' });
    it.see(makeSession(2, 'RUNNING', { slots: { cpu: '4', mem: '8589934592', 'cuda.shares': '0.5' }, clusterSize: 2 }));
    expect((await service.again({ accountId, sessionId: sessionId(2) })).spec).toMatchObject({
      version: 'r/python:3.11@x86_64',
      custom: { cpu: '2', mem: '4', gpu: '0.25' },
      accelerator: 'cuda.shares',
      clusterSize: '2',
    });
  });

  it('knows what the person called the ports', () => {
    const it = rig();
    const service = it.make();
    const ports = [
      { ports: '8000', name: 'api' },
      { ports: '9000:9001', name: ' board ' },
      { ports: '9200 - 9201', name: 'mine' },
      { ports: '9100', name: '' },
      { ports: 'x', name: 'broken' },
    ];
    service.record(accountId, { ...emptySpec, ports }, [one], null);
    expect(service.portNames({ accountId, sessionId: one.sessionId })).toEqual({
      '8000': 'api',
      '9000': 'board',
      '9001': 'board',
      '9200': 'mine',
      '9201': 'mine',
    });
    expect(service.portNames({ accountId, sessionId: sessionId(7) })).toEqual({});
  });

  it('goes on in memory when the disk is full, and past what cannot be read', async () => {
    const it = rig({ sites: { 'site-0001': { history: [{ broken: true }], durations: 7 } }, drafts: 'x', openings: 3 });
    it.fill();
    const service = it.make();
    service.record(accountId, emptySpec, [one], null);
    await it.clock.advance(5_000);
    expect(service.history(accountId)).toHaveLength(1);
  });
});

describe('what opens when a session runs', () => {
  const opens = { kind: 'app', service: 'jupyterlab' } as const;

  it('waits however long, also across a restart, and is given once', async () => {
    const it = rig();
    const first = it.make();
    first.record(accountId, emptySpec, [one], opens);
    it.see(makeSession(1, 'PENDING'));
    expect(first.takeOpenings()).toEqual([]);
    first.dispose();
    const second = it.make();
    it.see(makeSession(1, 'PULLING'));
    it.see(makeSession(1, 'RUNNING'));
    it.see(makeSession(1, 'RUNNING', { live: { cpuCores: 1, memBytes: 1 } }));
    expect(it.told).toEqual(['launches.opening']);
    expect(second.takeOpenings()).toEqual([{ accountId, sessionId: one.sessionId, sessionName: 's1', opens }]);
    expect(second.takeOpenings()).toEqual([]);
    second.dispose();
    const third = it.make();
    it.see(makeSession(1, 'RUNNING'));
    expect(third.takeOpenings()).toEqual([]);
  });

  it('is forgotten when the session ends first, when it is switched off, and at sign-out', () => {
    const it = rig();
    const service = it.make();
    const ref = { accountId, sessionId: one.sessionId };
    service.setOpens(ref, opens);
    it.see(makeSession(1, 'CANCELLED'));
    it.see(makeSession(1, 'RUNNING'));
    service.setOpens({ accountId, sessionId: sessionId(2) }, opens);
    service.setOpens({ accountId, sessionId: sessionId(2) }, null);
    it.see(makeSession(2, 'RUNNING'));
    service.setOpens({ accountId, sessionId: sessionId(3) }, opens);
    it.signOut();
    it.see(makeSession(3, 'RUNNING'));
    expect(service.takeOpenings()).toEqual([]);
  });
});

describe('progress', () => {
  it('learns the usual times from starts that it saw', async () => {
    const it = rig();
    const service = it.make();
    for (const status of ['PENDING', 'PULLING', 'RUNNING']) {
      it.see(makeSession(1, status));
      await it.clock.advance(10_000);
    }
    it.see(makeSession(1, 'TERMINATED'));
    // One that was running when Berth came says nothing about starting.
    it.see(makeSession(2, 'RUNNING'));
    it.see(makeSession(3, 'PENDING'));
    const progress = await service.progress({ accountId, sessionId: sessionId(3) });
    expect(progress.phases.map(({ status, usualMs }) => [status, usualMs])).toEqual([
      ['PENDING', 10_000],
      ['PULLING', 10_000],
    ]);
  });
});

describe('a launch from outside', () => {
  it('is announced, and taken once', () => {
    const it = rig();
    const service = it.make();
    service.request('{"berthRecipe": 1, "launch": {"name": "from-file"}}');
    expect(it.told).toEqual(['launches.requested']);
    expect(service.takeRequested()?.spec.name).toBe('from-file');
    expect(service.takeRequested()).toBeNull();
    expect(() => service.request('nonsense')).toThrow(expect.objectContaining({ code: 'recipe-invalid' }));
  });
});

describe('a half-filled form', () => {
  it('comes back after a crash, without secret values', async () => {
    const it = rig();
    it.make().keepDraft(accountId, { ...emptySpec, name: 'half', environ: [{ name: 'TOKEN', value: 'canary' }] });
    await it.clock.advance(1_000);
    expect(it.make().draft(accountId)).toMatchObject({ name: 'half', environ: [{ name: 'TOKEN', value: '' }] });
  });
});
