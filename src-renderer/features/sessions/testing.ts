/** For tests: a session with everything in it. */
import type { Session } from '../../../src-preload/contract/sessions.ts';

export function makeSession(id: string, over: Partial<Session> = {}): Session {
  return {
    id,
    name: `session-${id}`,
    status: 'RUNNING',
    family: 'running',
    tab: 'running',
    statusInfo: null,
    reasons: [],
    queuePosition: null,
    type: 'interactive',
    image: 'python:3.12',
    environment: 'Python 3.12',
    architecture: 'x86_64',
    resourceGroup: 'default',
    project: 'default',
    clusterSize: 1,
    slots: { cpu: '1', mem: '1073741824' },
    shmemBytes: null,
    live: null,
    mounts: [],
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: null,
    terminatedAt: null,
    history: [],
    services: [],
    kernels: [],
    accessKey: null,
    ...over,
  };
}
