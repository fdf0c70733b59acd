/**
 * Made-up sessions that fill a list for measurements: plausible, always the same, without processes or resources.
 */
import type { Account } from '../auth/account.ts';
import { type Image, imageOf } from '../images/catalog.ts';
import type { KernelUsage } from '../runtime/kernel.ts';
import { type Project, resourceGroup } from '../site-facts.ts';
import { units, wholeUnits } from '../slots/amount.ts';
import type { Slots } from '../slots/slots.ts';
import { Session, type SessionStatus } from './session.ts';

const verbs = ['train', 'tune', 'eval', 'infer', 'label', 'clean', 'export', 'profile', 'debug', 'sweep'] as const;
const things = ['bert', 'resnet', 'whisper', 'llama', 'unet', 'tabnet', 'vits', 'gnn', 'dinov2', 'diffusion'] as const;

const minuteMs = 60_000;

/** A small generator with a seed, so that two runs measure the same list. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(items: readonly [T, ...T[]], random: number): T {
  return items[Math.floor(random * items.length)] ?? items[0];
}

function uuid(random: () => number): string {
  const word = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${word(8)}-${word(4)}-4${word(3)}-8${word(3)}-${word(8)}${word(4)}`;
}

const image: Image = imageOf({
  name: 'made-up',
  title: 'Made up',
  version: '1',
  tag: '1-made-up',
  services: [],
  minimum: { cpu: '1', mem: '256m' },
  preferredShmem: '64m',
  accelerators: ['cuda'],
  installed: true,
});

function slotsOf(random: () => number): Slots {
  const gpu = random() < 0.4 ? { 'cuda.shares': units(Math.ceil(random() * 20)) / 10n } : {};
  const memoryGib = 2 ** Math.floor(random() * 6);
  return { cpu: units(Math.ceil(random() * 16)), mem: units(BigInt(memoryGib) * 1_073_741_824n), ...gpu };
}

function statusOf(random: number): SessionStatus {
  if (random < 0.35) return 'RUNNING';
  return random < 0.95 ? 'TERMINATED' : 'CANCELLED';
}

export function madeUpSessions(count: number, owner: Account, project: Project, now = Date.now()): readonly Session[] {
  const random = randomFrom(20_260_115);
  return Array.from({ length: count }, (_, index): Session => {
    const status = statusOf(random());
    const createdAt = now - (index + 1) * minuteMs * 7 - Math.floor(random() * minuteMs * 7);
    const started = createdAt + Math.floor(random() * 20_000);
    const over = status !== 'RUNNING';
    const endedAt = over ? started + Math.floor(random() * (now - started)) : null;
    const identity = { id: uuid(random), kernelId: uuid(random), createdAt, madeUp: true };
    const session = new Session(
      {
        owner,
        project,
        resourceGroup,
        name: `${pick(verbs, random())}-${pick(things, random())}-${String(index + 1).padStart(5, '0')}`,
        type: 'INTERACTIVE',
        image,
        tag: null,
        priority: 10,
        clusterMode: 'single-node',
        clusterSize: 1,
        requested: slotsOf(random),
        shmem: units(67_108_864),
        environ: {},
        mounts: [],
        preopenPorts: [],
        bootstrapScript: null,
        startupCommand: null,
        startsAt: null,
        batchTimeoutMs: null,
        dependencies: [],
      },
      identity,
    );
    if (status !== 'CANCELLED') session.history.set('RUNNING', started);
    if (endedAt !== null) session.history.set(status, endedAt);
    session.scheduledAt = status === 'CANCELLED' ? null : createdAt + 1000;
    session.terminatedAt = endedAt;
    session.status = status;
    session.statusInfo = over ? 'user-requested' : null;
    session.statusData = over ? { kernel: { exit_code: 0 }, session: { status } } : null;
    return session;
  });
}

/** Never the same twice, so that a list of thousands has something to tell all the time; waves, each session its own. */
export function madeUpUse(session: Session, nowMs = Date.now()): KernelUsage {
  const phase = Number.parseInt(session.id.slice(0, 4), 16) / 65_536;
  const wave = 0.5 + 0.5 * Math.sin(nowMs / (60_000 + phase * 240_000) + phase * 2 * Math.PI);
  const { requested } = session.order;
  const cores = Number(wholeUnits(requested.cpu ?? 0n));
  return {
    cpuUtilPercent: cores * 100 * (0.15 + 0.8 * wave),
    cpuUsedMs: Math.round(nowMs - session.createdAt),
    memBytes: Math.round(Number(wholeUnits(requested.mem ?? 0n)) * (0.3 + 0.4 * wave)),
    ioReadBytes: 0,
    ioWriteBytes: 0,
  };
}
