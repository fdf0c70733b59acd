/** Golden cases: each shape in which a manager says why a session waits, and what Berth makes of it. */
import { expect, test } from 'vitest';
import { Waiting, type WaitReason } from '../../src-preload/contract/waiting.ts';
import { gib, id, noInstances, nothing, predicate, step, validator } from './testing/waiting.ts';
import { explainWaiting, type WaitingFacts } from './waiting-policy.ts';

const quotaText = 'cpu=2 mem=4g cuda.device=1';
const golden: readonly [string, Partial<WaitingFacts>, readonly Partial<WaitReason>[]][] = [
  [
    'to 25.12, start time not reached',
    predicate('reserved_time', 'Before start time'),
    [{ kind: 'start-time', at: null }],
  ],
  [
    'to 25.12, dependencies',
    predicate(
      'dependencies',
      `Waiting dependency sessions to finish as success. (prep (${id}), fetch (${id.replace('0b', '1c')}))`,
    ),
    [
      {
        kind: 'dependency',
        sessions: [
          { id, name: 'prep', state: 'unknown' },
          { id: id.replace('0b', '1c'), name: 'fetch', state: 'unknown' },
        ],
      },
    ],
  ],
  [
    'to 25.12, concurrency',
    predicate('concurrency', 'You cannot run more than 5 concurrent sessions'),
    [{ kind: 'sessions', limit: 5, sftp: false }],
  ],
  [
    'to 25.12, count of waiting sessions',
    predicate('pending_session_count_limit', 'You cannot create more than 3 pending session(s).'),
    [{ kind: 'pending-count', limit: 3 }],
  ],
  [
    'to 25.12, amounts of waiting sessions',
    predicate('pending_session_resource_limit', 'Your pending session quota is exceeded. (cpu=8 mem=16g)'),
    [{ kind: 'pending-amounts', waiting: { cpu: 8, mem: 16 * gib } }],
  ],
  ...(
    [
      ['keypair_resource_limit', 'keypair', 'keypair'],
      ['user_resource_limit', 'main-keypair', 'user'],
      ['user_group_resource_limit', 'group', 'project'],
      ['domain_resource_limit', 'domain', 'domain'],
    ] as const
  ).map(([name, word, of]): [string, Partial<WaitingFacts>, Partial<WaitReason>[]] => [
    `to 25.12, ${name}`,
    predicate(name, `Your ${word} resource quota is exceeded. (${quotaText})`),
    [
      {
        kind: 'quota',
        of,
        limits: { cpu: 2, mem: 4 * gib, 'cuda.device': 1 },
        over: [
          { slot: 'cpu', asked: 4, used: null, limit: 2 },
          { slot: 'mem', asked: 8 * gib, used: null, limit: 4 * gib },
          { slot: 'cuda.device', asked: 2, used: null, limit: 1 },
        ],
        never: true,
      },
    ],
  ]),
  [
    'to 25.12, a hook of the site',
    predicate('acme.license', 'No licence is left'),
    [{ kind: 'other', text: 'No licence is left' }],
  ],
  ['to 25.12, a name alone', predicate('user_group_resource_limit', ''), [{ kind: 'quota', of: 'project' }]],
  ['to 25.12, no machine at all', noInstances('No agents are available for scheduling'), [{ kind: 'no-machines' }]],
  [
    'to 25.12, architecture',
    noInstances('No agents found to be compatible with the image architecture (image[0]: cr/py:3.11, arch: aarch64)'),
    [{ kind: 'incompatible', why: 'architecture', architecture: 'aarch64' }],
  ],
  [
    'to 25.12, containers',
    noInstances(
      'No agents found to be available because all agents have reached the hard limit of the number of containers.',
    ),
    [{ kind: 'containers', missing: null }],
  ],
  [
    'to 25.12, the chosen machine is full',
    noInstances(
      'The designated agent (i-gpu1) does not have the enough remaining capacity (cuda.device, requested: 2, remaining: 1).',
    ),
    [{ kind: 'room', slot: 'cuda.device', asked: 2, free: 1, missing: 1, on: 'chosen-machine' }],
  ],
  [
    'to 25.12, no machine has that much together',
    noInstances(
      `Could not find a contiguous resource region in any agent big enough to host the session (id: ${id}, resource group: default)`,
    ),
    [{ kind: 'full' }],
  ],
  ['to 25.12, status_info alone', { statusInfo: 'no-available-instances' }, [{ kind: 'full' }]],
  [
    'to 25.12, the scheduler broke',
    { statusInfo: 'scheduler-error', statusData: { error: { src: 'other', name: 'KeyError', repr: "KeyError('x')" } } },
    [{ kind: 'scheduler-error' }, { kind: 'other', text: "KeyError('x')" }],
  ],
  [
    '25.13, concurrency by validator name',
    validator(
      'ConcurrencyLimitValidator',
      'Concurrent session limit exceeded. (You cannot run more than 1 SFTP sessions)',
    ),
    [{ kind: 'sessions', limit: 1, sftp: true }],
  ],
  [
    '25.13, keypair by exception name',
    validator(
      'KeypairResourceQuotaExceeded',
      `Keypair resource quota exceeded. (Your keypair resource quota is exceeded. (cpu=16 mem=${4 * gib}))`,
    ),
    [
      {
        kind: 'quota',
        of: 'keypair',
        limits: { cpu: 16, mem: 4 * gib },
        over: [{ slot: 'mem', asked: 8 * gib, used: null, limit: 4 * gib }],
        never: true,
      },
    ],
  ],
  ...(
    [
      ['SessionDependenciesValidator', { kind: 'dependency' }],
      ['KeypairResourceLimitValidator', { kind: 'quota', of: 'keypair' }],
      ['UserResourceLimitValidator', { kind: 'quota', of: 'user' }],
      ['GroupResourceLimitValidator', { kind: 'quota', of: 'project' }],
      ['DomainResourceLimitValidator', { kind: 'quota', of: 'domain' }],
      ['PendingSessionCountLimitValidator', { kind: 'pending-count' }],
      ['PendingSessionResourceLimitValidator', { kind: 'pending-amounts' }],
      ['ReservedBatchSessionValidator', { kind: 'start-time' }],
    ] as const
  ).map(([name, reason]): [string, Partial<WaitingFacts>, Partial<WaitReason>[]] => [
    `25.13, ${name} without a sentence`,
    { statusData: { scheduler: { failed_predicates: [{ name }] } } },
    [reason],
  ]),
  [
    '25.13, start time',
    validator('SchedulingValidationError', 'Scheduling validation failed. (Before start time)'),
    [{ kind: 'start-time' }],
  ],
  [
    '25.13, several at once',
    {
      statusInfo:
        'Multiple validation errors occurred. (Multiple validation errors occurred:\n  1. ConcurrencyLimitExceeded: Concurrent session limit exceeded. (You cannot run more than 2 concurrent sessions)\n  2. DependenciesNotSatisfied: Session dependencies not satisfied. (Waiting dependency sessions to finish as success. (prep (' +
        id +
        '))))',
    },
    [
      { kind: 'sessions', limit: 2 },
      { kind: 'dependency', sessions: [{ id, name: 'prep', state: 'unknown' }] },
    ],
  ],
  [
    '25.13, no room on any machine',
    validator(
      'NoAvailableAgentError',
      'Unavailable : No agents can be allocated at this time. (no available agents. Details: 1x Agent i-1 has insufficient resources: cpu: requested=4, available=1; cuda.device: requested=2, available=0; 1x Agent i-2 has insufficient resources: cuda.device: requested=2, available=1)',
    ),
    [
      { kind: 'room', slot: 'cpu', asked: 4, free: 1, missing: 3, on: 'machine' },
      { kind: 'room', slot: 'cuda.device', asked: 2, free: 1, missing: 1, on: 'machine' },
    ],
  ],
  [
    '25.13, architecture',
    validator(
      'NoCompatibleAgentError',
      "No agents meet the resource requirements. (No agents with required architecture 'aarch64'. Available architectures: x86_64)",
    ),
    [{ kind: 'incompatible', why: 'architecture', architecture: 'aarch64' }],
  ],
  [
    '25.13, containers',
    validator(
      'NoAvailableAgentError',
      'no available agents. Details: 2x Agent i-1 container limit exceeded: current=8, max=8',
    ),
    [{ kind: 'containers', missing: null }],
  ],
  [
    '25.13, no machine in the group',
    validator(
      'NoAvailableAgentError',
      "Unavailable : No agents can be allocated at this time. (No agents available in scaling group 'gpu')",
    ),
    [{ kind: 'no-machines' }],
  ],
  [
    '25.13, free text',
    { statusInfo: 'The cluster is being serviced until noon' },
    [{ kind: 'other', text: 'The cluster is being serviced until noon' }],
  ],
  [
    '26.4, concurrency',
    step('You cannot run more than 5 concurrent sessions', [], { errorCode: 'session_check-limit_forbidden' }),
    [{ kind: 'sessions', limit: 5 }],
  ],
  [
    '26.4, reason in a sub-step only',
    step('Scheduling failed', [
      { step: 'ReservedBatchSessionValidator', result: 'SUCCESS', errorCode: null, message: 'ok' },
      {
        step: 'ResourcePolicyValidator',
        result: 'FAILURE',
        errorCode: 'user_check-limit_forbidden',
        message: 'Your main-keypair resource quota is exceeded. (cpu=8 mem=34359738368)',
      },
    ]),
    [{ kind: 'quota', of: 'user', limits: { cpu: 8, mem: 32 * gib }, over: [], never: false }],
  ],
  [
    '26.8, start time in the sentence',
    step('Batch session is scheduled to start at 2026-01-01T03:00:00+00:00; current time is before that.'),
    [{ kind: 'start-time', at: '2026-01-01T03:00:00.000Z' }],
  ],
  [
    '26.8, several at once',
    step(
      `Multiple validation errors occurred:\n- ConcurrencyLimitExceeded: You cannot run more than 5 concurrent sessions\n- DependenciesNotSatisfied: Waiting dependency sessions to finish as success. (dep-x (${id}))`,
    ),
    [
      { kind: 'sessions', limit: 5 },
      { kind: 'dependency', sessions: [{ id, name: 'dep-x', state: 'unknown' }] },
    ],
  ],
  [
    '26.8, placement with amounts in words',
    step(
      "1 requirement(s) could not be placed:\n- requirement #1 (containers=1, arch=aarch64, slots=cpu=1000 mem=2 GiB): no agents passed the 'resource' filter\n  - mem: missing=1 GiB",
    ),
    [{ kind: 'room', slot: 'mem', asked: 2 * gib, free: gib, missing: gib, on: 'machine' }],
  ],
  [
    '26.8, placement by containers',
    step(
      "1 requirement(s) could not be placed:\n- requirement #0 (containers=1, arch=x86_64, slots=cpu=1): no agents passed the 'container-limit' filter\n  - containers: missing=1",
    ),
    [{ kind: 'containers', missing: 1 }],
  ],
  [
    '26.8, chosen machines are away',
    step("no agents passed the 'designated-strict' filter: none of the strictly designated agents [a, b] is available"),
    [{ kind: 'incompatible', why: 'chosen-machine', architecture: null }],
  ],
  [
    '26.8, architecture',
    step("no agents passed the 'architecture' filter: no agent serves the required architecture 'aarch64'"),
    [{ kind: 'incompatible', why: 'architecture', architecture: 'aarch64' }],
  ],
  [
    '26.8, session group',
    step(
      "no agents passed the 'session-group-strict' filter: session group g enforces strict 'SPREAD' placement and no agent satisfies it",
    ),
    [{ kind: 'incompatible', why: 'placement' }],
  ],
  ['26.8, empty group', step(`No agents available in resource group '${id}'`), [{ kind: 'no-machines' }]],
  ['26.8, history has gone on: nothing holds it now', step('', [], { result: 'SUCCESS' }), []],
  [
    'more than the largest machine has, whatever the site says of it',
    {
      statusInfo: 'no-available-instances',
      machines: [
        { cpu: '8', mem: String(4 * gib), 'cuda.device': '8' },
        { cpu: '2', mem: String(6 * gib) },
      ],
    },
    [{ kind: 'too-large', slot: 'mem', asked: 8 * gib, most: 6 * gib, on: 'machine' }],
  ],
  [
    'more than all machines together have, a container on each',
    {
      asked: { cpu: '12' },
      containers: 3,
      onOneMachine: false,
      machines: [{ cpu: '4' }, { cpu: '4' }],
    },
    [{ kind: 'too-large', slot: 'cpu', asked: 12, most: 8, on: 'group' }],
  ],
  ['nothing at all', {}, []],
  ['empty status_data', { statusData: {} }, []],
];

test.each(golden)('%s', (_name, facts, reasons) => {
  const waiting = explainWaiting({ ...nothing, ...facts });
  expect(Waiting.parse(waiting)).toEqual(waiting);
  expect(waiting.reasons).toHaveLength(reasons.length);
  expect(waiting.reasons).toMatchObject(reasons);
});
