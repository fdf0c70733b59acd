/**
 * What `POST /session` takes and what it refuses.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faceOf } from '../face.ts';
import { Problem } from '../http/problem.ts';
import { readCreateBody } from './create-body.ts';

const current = faceOf('current');
const legacy = faceOf('legacy');
const least = { name: 'my-session', image: 'sandbox.localhost/stable/python:1.0' };

function refusal(body: Readonly<Record<string, unknown>>, face = current, major = 9): Problem {
  try {
    readCreateBody(body, face, major);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('The body was taken.');
}

describe('create body', () => {
  it('fills in the manager defaults', () => {
    expect(readCreateBody(least, current, 9)).toMatchObject({
      name: 'my-session',
      architecture: 'x86_64',
      type: 'interactive',
      group: 'default',
      domain: 'default',
      clusterSize: 1,
      clusterMode: 'single-node',
      priority: 10,
      enqueueOnly: false,
      reuseIfExists: true,
      config: { mounts: [], mountIds: [], environ: {}, resources: {}, shmem: null, agentList: null },
    });
  });

  it('takes what the web client sends', () => {
    const body = readCreateBody(
      {
        clientSessionToken: 'web-session',
        lang: least.image,
        architecture: 'x86_64',
        group_name: 'default',
        domain: 'default',
        type: 'interactive',
        cluster_mode: 'single-node',
        cluster_size: 1,
        maxWaitSeconds: 15,
        enqueueOnly: true,
        priority: 10,
        config: {
          resources: { cpu: 1, mem: '2g', 'cuda.shares': '0.5' },
          resource_opts: { shmem: '64m' },
          mount_ids: ['07f492e7-ffc8-47c7-a2dd-194bbf6367ca'],
          mount_id_map: { '07f492e7-ffc8-47c7-a2dd-194bbf6367ca': '/home/work/data' },
          environ: { A: 'b' },
          scaling_group: 'default',
          preopen_ports: [10000],
        },
      },
      current,
      9,
    );
    expect(body).toMatchObject({
      name: 'web-session',
      enqueueOnly: true,
      config: { shmem: '64m', preopenPorts: [10000] },
    });
  });

  it('refuses an unknown key with a map of fields', () => {
    const problem = refusal({ ...least, colour: 'red' });
    expect(problem).toMatchObject({ status: 400, slug: 'invalid-api-params' });
    expect(problem.data).toEqual({ colour: 'colour is not allowed key' });
  });

  it('names every wrong field at once', () => {
    expect(refusal({ image: 42, cluster_size: 0, type: 'party' }).data).toEqual({
      name: 'is required',
      image: 'value is not a string',
      cluster_size: 'value is less than 1',
      type: 'value is not a valid member of the enum',
    });
  });

  it.each(['abc', '-abc', 'abc-', 'a'.repeat(65), 'with space', 'ünïcode', 'a/b/c', 'from-template'])(
    'refuses the name %j',
    (name) => {
      expect(refusal({ ...least, name }).status).toBe(400);
    },
  );

  it('answers 500 for an unknown key in config, as managers up to 26.2 do', () => {
    expect(refusal({ ...least, config: { colour: 'red' } }).status).toBe(500);
    expect(refusal({ ...least, config: { cluster_size: 1 } }).status).toBe(500);
  });

  it('takes mounts by id only from API v9 on', () => {
    const body = { ...least, config: { mount_ids: ['07f492e7ffc847c7a2dd194bbf6367ca'] } };
    expect(readCreateBody(body, current, 9).config.mountIds).toHaveLength(1);
    expect(refusal(body, current, 8).status).toBe(500);
  });

  it.each([
    { mounts: 'data' },
    { environ: { A: 1 } },
    { preopen_ports: ['10000'] },
    { preopen_ports: [80] },
    { mount_ids: ['no-uuid'] },
    { resources: [] },
    { resource_opts: { shmem: {} } },
  ])('refuses the types of config %j', (config) => {
    expect(refusal({ ...least, config }).status).toBe(400);
  });

  it('does not know the priority before 24.09', () => {
    expect(refusal({ ...least, priority: 10 }, legacy, 8).data).toEqual({ priority: 'priority is not allowed key' });
  });

  it('answers every body with a session or a problem', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('name', 'image', 'config', 'group', 'tag', 'x'), fc.jsonValue()),
        (body) => {
          try {
            readCreateBody(body, current, 9);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
          }
        },
      ),
    );
  });
});
