/**
 * Why a session waits, from all that can be asked about it: what the scheduler said, what it depends on, what is left of
 * limits. Limits are the same for all sessions of one group and environment, so they are kept for a moment.
 */
import type { LauncherBounds, Machine } from '../../src-preload/contract/launcher.ts';
import type { Scheduling } from '../../src-preload/contract/session-facts.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { Waiting, WaitReason } from '../../src-preload/contract/waiting.ts';
import type { Accounts } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { AreaLog } from '../log/log.ts';
import { explainWaiting, type KnownDependency, type WaitingFacts } from './waiting-policy.ts';

interface Kept<T> {
  readonly until: number;
  readonly value: Promise<T>;
}

export interface WaitingExplainerOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly log: AreaLog;
}

/** A dozen waiting rows on screen ask at once. */
const limitsKeptMs = 10_000;
/** One session's answer serves its row and its panel. */
const answerKeptMs = 3_000;

export class WaitingExplainer {
  readonly #options: WaitingExplainerOptions;
  readonly #limits = new Map<string, Kept<LauncherBounds | null>>();
  readonly #machines = new Map<string, Kept<readonly Machine[]>>();
  readonly #answers = new Map<string, Kept<Waiting>>();

  constructor(options: WaitingExplainerOptions) {
    this.#options = options;
  }

  /** Throws what the site refuses to say of the session itself; limits that cannot be had are left out. */
  explain(accountId: string, session: Session): Promise<Waiting> {
    const key = `${accountId}/${session.id}/${session.status}`;
    return keep(this.#answers, key, this.#options.clock.now(), answerKeptMs, () => this.#explain(accountId, session));
  }

  async #explain(accountId: string, session: Session): Promise<Waiting> {
    const api = this.#options.accounts.api(accountId);
    const [scheduling, limits] = await Promise.all([api.scheduling(session.id), this.#limitsFor(accountId, session)]);
    const told = {
      ...factsOf(session, scheduling, this.#options.clock.now()),
      limits: limits === null ? null : { bounds: limits.bounds, sessionsLeft: limits.sessionsLeft },
    };
    const said = explainWaiting(told);
    // Another question, so only where amounts are what it waits for, or may be.
    const facts = { ...told, machines: said.reasons.every(isOfAmounts) ? await this.#wholeOf(accountId, session) : [] };
    const { passed } = scheduling;
    const explain = (known: WaitingFacts): Waiting => ({
      ...explainWaiting(known),
      ...(passed.length === 0 ? {} : { passed: [...passed] }),
    });
    const first = explain(facts);
    const isVague = first.reasons.length === 0 || first.computed;
    if (!isVague && !first.reasons.some(({ kind }) => kind === 'dependency')) return first;
    const dependencies = await this.#optional(api.relatives(session.id), 'relatives');
    return dependencies === null || dependencies.dependsOn.length === 0
      ? first
      : explain({ ...facts, dependencies: dependencies.dependsOn satisfies readonly KnownDependency[] });
  }

  #limitsFor(accountId: string, session: Session): Promise<LauncherBounds | null> {
    const { project, resourceGroup, image, architecture } = session;
    if (project === null || resourceGroup === null || image === '') return Promise.resolve(null);
    const key = [accountId, project, resourceGroup, image, architecture].join('\n');
    return keep(this.#limits, key, this.#options.clock.now(), limitsKeptMs, () =>
      this.#optional(
        this.#options.accounts.api(accountId).launcherBounds({ project, resourceGroup, image, architecture }),
        'limits',
      ),
    );
  }

  /** All that each machine has; empty where the site shows no machines. */
  async #wholeOf(accountId: string, { resourceGroup }: Session): Promise<Machine['whole'][]> {
    if (resourceGroup === null) return [];
    const api = this.#options.accounts.api(accountId);
    const key = `${accountId}\n${resourceGroup}`;
    const machines = await keep(
      this.#machines,
      key,
      this.#options.clock.now(),
      limitsKeptMs,
      async () => (await this.#optional(api.machines(resourceGroup), 'machines')) ?? [],
    );
    return machines.map(({ whole }) => whole);
  }

  /** What only adds to the answer must not take it away. */
  async #optional<T>(asked: Promise<T>, what: string): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      this.#options.log.debug('Why a session waits is explained without this', { what, code: error.code });
      return null;
    }
  }
}

const ofAmounts: ReadonlySet<WaitReason['kind']> = new Set(['room', 'full', 'other', 'quota']);

function isOfAmounts({ kind }: WaitReason): boolean {
  return ofAmounts.has(kind);
}

/** The scheduler's words of whichever era, as the policy reads them. */
export function factsOf(session: Session, scheduling: Scheduling, now: number): WaitingFacts {
  const failed = scheduling.failed.map(({ name, message }) => ({ name, msg: message }));
  const { retries, lastTryAt, message } = scheduling;
  return {
    statusInfo: session.statusInfo,
    statusData: {
      scheduler: { retries, last_try: lastTryAt, failed_predicates: failed, msg: message },
      ...(session.statusInfo === 'scheduler-error' ? { error: { repr: scheduling.reasons[0] ?? null } } : {}),
    },
    history: scheduling.attempts.map(({ phase, result, errorCode, message: text, attempts, updatedAt, at, steps }) => ({
      phase,
      result,
      errorCode,
      message: text,
      attempts,
      updatedAt: updatedAt ?? at,
      subSteps: steps.map(({ name, ...step }) => ({ step: name, ...step })),
    })),
    queuePosition: scheduling.queuePosition ?? session.queuePosition,
    asked: session.asked ?? session.slots,
    architecture: session.architecture,
    startsAt: session.startsAt ?? null,
    dependencies: [],
    containers: session.clusterSize,
    onOneMachine: session.clusterMode !== 'multi-node',
    machines: [],
    limits: null,
    now,
  };
}

function keep<T>(
  store: Map<string, Kept<T>>,
  key: string,
  now: number,
  forMs: number,
  load: () => Promise<T>,
): Promise<T> {
  const known = store.get(key);
  if (known !== undefined && known.until > now) return known.value;
  for (const [old, { until }] of store) if (until <= now) store.delete(old);
  const value = load();
  store.set(key, { until: now + forMs, value });
  value.catch(() => store.delete(key));
  return value;
}
