/**
 * Whether a pending session may start now, and if not, why, in the words of a manager's scheduler.
 */
import type { Face } from '../face.ts';
import { showAmount } from '../slots/amount.ts';
import { agentOf, type Policy } from '../slots/capacity.ts';
import { add, lacking, type Slots, subtract } from '../slots/slots.ts';
import type { Session } from './session.ts';

export interface Predicate {
  readonly name: string;
  readonly msg?: string;
}

export interface Verdict {
  readonly passed: readonly Predicate[];
  readonly failed: readonly Predicate[];
  /** The reason in one sentence; empty when the session may start. */
  readonly msg: string;
  /** True when every rule is met and only the machine is full. */
  readonly onlyFull: boolean;
}

export interface Circumstances {
  readonly now: number;
  /** Of the session's resource group. */
  readonly capacity: Slots;
  /** What sessions hold in that group. */
  readonly occupied: Slots;
  /** What the keypair's own sessions hold. */
  readonly occupiedByKeypair: Slots;
  /** What the project's sessions hold. */
  readonly occupiedByProject: Slots;
  readonly policy: Policy;
  /** Sessions of the keypair that hold resources. */
  readonly running: number;
  /** Sessions that this one waits for. */
  readonly dependencies: readonly Session[];
}

/** Names of the same rule in the scheduler of 25.13 and in the older one. */
const names = {
  reserved: ['ReservedBatchSessionValidator', 'reserved_time'],
  concurrency: ['ConcurrencyLimitValidator', 'concurrency'],
  dependencies: ['SessionDependenciesValidator', 'dependencies'],
  keypair: ['KeypairResourceLimitValidator', 'keypair_resource_limit'],
  user: ['UserResourceLimitValidator', 'user_resource_limit'],
  project: ['GroupResourceLimitValidator', 'user_group_resource_limit'],
  domain: ['DomainResourceLimitValidator', 'domain_resource_limit'],
} as const;

function limitText(limits: Slots): string {
  return Object.entries(limits)
    .map(([name, amount]) => `${name}=${showAmount(amount)}`)
    .join(' ');
}

/** Slots of the sum that a limit names and that exceed it. */
function exceeds(held: Slots, session: Session, limits: Slots): boolean {
  const sum = add(held, session.total);
  const limited = Object.fromEntries(Object.entries(sum).filter(([name]) => name in limits));
  return lacking(limited, limits).length > 0;
}

function rulesOf(session: Session, now: Circumstances): readonly (readonly [keyof typeof names, string | null])[] {
  const { policy } = now;
  const { project, startsAt } = session.order;
  const unfinished = now.dependencies.filter((other) => other.result !== 'SUCCESS').map((other) => other.name);
  return [
    ['reserved', startsAt !== null && startsAt > now.now ? 'Before start time' : null],
    [
      'concurrency',
      now.running >= policy.maxConcurrentSessions
        ? `You cannot run more than ${policy.maxConcurrentSessions} concurrent sessions`
        : null,
    ],
    [
      'dependencies',
      unfinished.length > 0 ? `Waiting dependency sessions to finish as success. (${unfinished.join(', ')})` : null,
    ],
    [
      'keypair',
      exceeds(now.occupiedByKeypair, session, policy.totalSlots)
        ? `Your keypair resource quota is exceeded. (${limitText(policy.totalSlots)})`
        : null,
    ],
    ['user', null],
    [
      'project',
      exceeds(now.occupiedByProject, session, project.limits)
        ? `Your group resource quota is exceeded. (${limitText(project.limits)})`
        : null,
    ],
    ['domain', null],
  ];
}

function describeLack(session: Session, free: Slots, missing: readonly string[]): string {
  const { total } = session;
  const parts = missing.map(
    (name) => `${name}: requested=${showAmount(total[name] ?? 0n)}, available=${showAmount(free[name] ?? 0n)}`,
  );
  return `Agent ${agentOf(session.order.resourceGroup)} has insufficient resources: ${parts.join('; ')}`;
}

export function judge(session: Session, now: Circumstances, face: Face): Verdict {
  const era = face.since('25.13') ? 0 : 1;
  const passed: Predicate[] = [];
  const failed: Predicate[] = [];
  for (const [rule, complaint] of rulesOf(session, now)) {
    if (complaint === null) passed.push({ name: names[rule][era] });
    else failed.push({ name: names[rule][era], msg: complaint });
  }
  const rulesMet = failed.length === 0;
  const free = subtract(now.capacity, now.occupied);
  const missing = lacking(session.total, free);
  if (rulesMet && missing.length > 0) {
    const msg = describeLack(session, free, missing);
    return { passed, failed: [{ name: 'NoAvailableAgentError', msg }], msg, onlyFull: true };
  }
  return { passed, failed, msg: failed.map((predicate) => predicate.msg ?? '').join(' '), onlyFull: false };
}

/** `status_info` and `status_data` of a session that has to wait (API reference, sections 5.4 and 5.5). */
export function explain(
  verdict: Verdict,
  retries: number,
  now: Date,
  face: Face,
): {
  readonly info: string;
  readonly data: Readonly<Record<string, unknown>>;
} {
  const modern = face.since('25.13');
  const scheduler = {
    retries,
    last_try: now.toISOString(),
    ...(modern ? { msg: verdict.msg } : {}),
    // The older scheduler says "no-available-instances" when the rules are met and lists no failed predicate.
    failed_predicates: modern || !verdict.onlyFull ? verdict.failed : [],
    passed_predicates: verdict.passed,
  };
  const legacyInfo = verdict.onlyFull ? 'no-available-instances' : 'predicate-checks-failed';
  return { info: modern ? verdict.msg : legacyInfo, data: { scheduler } };
}
