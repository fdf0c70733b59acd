import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src-preload/contract/sessions.ts';
import { sessionFields } from './session-queries.ts';
import { readSession } from './session-wire.ts';
import { featuresOf } from './version-gates.ts';
import { asInstant, asSlots, dashed, jsonText, parseJson } from './wire.ts';

const id = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
const whole = {
  session_id: id,
  name: 'train',
  type: 'INTERACTIVE',
  image: 'cr.backend.ai/stable/python:3.11-ubuntu22.04',
  architecture: 'x86_64',
  cluster_size: 1,
  group_name: 'default',
  access_key: 'AK',
  scaling_group: 'gpu',
  status: 'RUNNING',
  status_info: null,
  status_data: '{}',
  status_history: '{"PENDING":"2026-01-01T00:00:00+00:00","RUNNING":"2026-01-01T00:00:09.5+09:00"}',
  created_at: '2026-01-01T00:00:00.123456+00:00',
  terminated_at: null,
  resource_opts: '{"main1":{"shmem":"67108864"}}',
  service_ports: '[{"name":"sshd","protocol":"tcp"},{"name":"hostport1","protocol":"internal"}]',
  mounts: ['data', "['old','host','x']"],
  occupied_slots: '{"cpu":"2","mem":"4294967296","cuda.shares":"0.5"}',
  requested_slots: '{"cpu":"1"}',
  containers: [
    {
      kernel_id: id,
      container_id: 'abc',
      cluster_role: 'main',
      cluster_idx: 1,
      cluster_hostname: 'main1',
      status: 'RUNNING',
      live_stat: '{"cpu_util":{"current":"1500","pct":"150.0"},"mem":{"current":"1048576"}}',
    },
  ],
  unknown_field: 'dropped',
};

describe('readSession', () => {
  it('reads a whole row', () => {
    expect(readSession(whole)).toMatchObject({
      id,
      type: 'interactive',
      environment: 'Python 3.11 · ubuntu22.04',
      slots: { cpu: '2', mem: '4294967296', 'cuda.shares': '0.5' },
      shmemBytes: 67_108_864,
      live: { cpuCores: 1.5, memBytes: 1_048_576 },
      mounts: ['data', 'old'],
      services: ['sshd'],
      startedAt: '2025-12-31T15:00:09.500Z',
      kernels: [{ id, hostname: 'main1', role: 'main', status: 'RUNNING' }],
      tab: 'running',
      family: 'running',
    });
  });

  it('takes asked amounts while nothing is given', () => {
    expect(readSession({ ...whole, status: 'PENDING', occupied_slots: '{"cpu":"0"}' })?.slots).toEqual({ cpu: '1' });
  });

  it('keeps what was asked beside what was given, where a device gave less', () => {
    const change = {
      occupied_slots: '{"cpu":"1","cuda.shares":"0.30"}',
      requested_slots: '{"cpu":"1","cuda.shares":"0.35"}',
    };
    expect(readSession({ ...whole, ...change })).toMatchObject({
      slots: { 'cuda.shares': '0.30' },
      asked: { 'cuda.shares': '0.35' },
    });
  });

  it.each([
    ['flat resource_opts of 22.x', { resource_opts: '{"shmem":"1g"}' }, { shmemBytes: 2 ** 30 }],
    [
      'history as a list',
      { status_history: '[{"status":"pending","timestamp":"2026-01-01T00:00:00"}]' },
      { history: [{ status: 'PENDING', at: '2026-01-01T00:00:00.000Z' }] },
    ],
    ['twice encoded JSON', { occupied_slots: JSON.stringify('{"cpu":"3"}') }, { slots: { cpu: '3' } }],
    [
      'JSON that is none',
      { service_ports: 'oops', occupied_slots: '{"cpu":', requested_slots: null },
      { services: [], slots: {} },
    ],
    [
      'nulls everywhere',
      { name: null, type: null, image: null, containers: null, mounts: null, created_at: null, live_stat: null },
      { kernels: [], live: null, mounts: [] },
    ],
    ['an unknown status', { status: 'HIBERNATING' }, { status: 'HIBERNATING', family: 'unknown', tab: 'other' }],
  ])('%s', (_name, change, expected) => {
    expect(readSession({ ...whole, ...change })).toMatchObject(expected);
  });

  it('reads a row that has only what is indispensable', () => {
    expect(readSession({ session_id: id, status: 'PENDING' })).toMatchObject({ id, name: id, slots: {}, services: [] });
  });

  it('gives up on rows without id or status only', () => {
    expect(readSession({ ...whole, session_id: null })).toBeNull();
    expect(readSession({ ...whole, session_id: 'not-a-uuid' })).toBeNull();
    expect(readSession({ ...whole, status: null })).toBeNull();
    expect(readSession(null)).toBeNull();
  });

  it('never makes a session that the contract refuses, whatever the fields hold', () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.constant(undefined),
    );
    const keys = Object.keys(whole).filter((key) => key !== 'session_id');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), odd), (change) => {
        const session = readSession({ ...whole, ...change });
        if (session !== null) Session.parse(session);
      }),
      { numRuns: 500 },
    );
  });

  it('asks only for fields that the manager knows', () => {
    const base = sessionFields(featuresOf('22.03.14'));
    expect(base).not.toMatch(/requested_slots|status_history|kernel_id/);
    expect(sessionFields(featuresOf('26.8.1'))).toMatch(/requested_slots[\s\S]*status_history|status_history/);
  });
});

describe('wire', () => {
  it('reads bare Infinity and NaN, but not inside texts', () => {
    expect(parseJson('{"a":Infinity,"b":-Infinity,"c":NaN,"d":"Infinity \\" NaN"}')).toEqual({
      a: 'Infinity',
      b: '-Infinity',
      c: 'NaN',
      d: 'Infinity " NaN',
    });
    expect(() => parseJson('{"a":')).toThrow();
  });

  it('reads slots of any spelling', () => {
    expect(asSlots({ cpu: 2, mem: '4294967296', gone: null, odd: {}, empty: ' ' })).toEqual({
      cpu: '2',
      mem: '4294967296',
    });
    expect(asSlots('text')).toEqual({});
  });

  it('reads times', () => {
    expect(asInstant('2026-01-01 10:00:00')).toBe('2026-01-01T10:00:00.000Z');
    expect(asInstant('2026-01-01T10:00:00.123456+0900')).toBe('2026-01-01T01:00:00.123Z');
    expect(asInstant('yesterday')).toBeNull();
    expect(asInstant(5)).toBeNull();
  });

  it('puts dashes into ids', () => {
    expect(dashed('3F0C2D6E1B2A4C3D9E8F001122334455')).toBe(id);
    expect(dashed(id)).toBe(id);
    expect(dashed('name')).toBe('name');
  });

  it('unwraps JSON text', () => {
    expect(jsonText.parse('{"a":1}')).toEqual({ a: 1 });
    expect(jsonText.parse({ a: 1 })).toEqual({ a: 1 });
    expect(jsonText.parse('oops')).toBeNull();
    expect(jsonText.parse(null)).toBeNull();
    expect(jsonText.parse(undefined)).toBeNull();
  });
});
