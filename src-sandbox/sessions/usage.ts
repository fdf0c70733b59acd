/**
 * What is in use on the site, in sum and of each account, and what each account may use.
 */
import type { Account } from '../auth/account.ts';
import { groupCapacities, type Policy, policyNamed } from '../slots/capacity.ts';
import { add, type Slots } from '../slots/slots.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** A part of the site's sessions. */
export interface Share {
  readonly owner?: Account;
  readonly projectId?: string;
  readonly group?: string;
}

export class Usage {
  readonly capacity: Slots;
  private readonly idleTimeout: number;
  private readonly groups: Readonly<Record<string, Slots>>;
  private readonly store: SessionStore;

  /** `idleTimeout`: seconds of the stock policy, 0 for none. */
  constructor(store: SessionStore, capacity: Slots, idleTimeout: number) {
    this.store = store;
    this.capacity = capacity;
    this.idleTimeout = idleTimeout;
    this.groups = groupCapacities(capacity);
  }

  /** What the resource group has, in use or not. */
  capacityOf(group: string): Slots {
    return this.groups[group] ?? {};
  }

  policyOf(account: Account): Policy {
    return policyNamed(account.profile.policy, this.capacity, this.idleTimeout);
  }

  /** Sum of what sessions hold now, of those that fit. */
  occupied(of: Share = {}): Slots {
    let sum: Slots = {};
    for (const session of this.holding(of)) sum = add(sum, session.total);
    return sum;
  }

  /** Sessions that hold resources. */
  running(owner?: Account): number {
    return [...this.holding(owner === undefined ? {} : { owner })].length;
  }

  /** Pending sessions in the order in which the scheduler looks at them. */
  queue(owner?: Account): readonly Session[] {
    return [...this.store.all()]
      .filter((session) => session.status === 'PENDING' && !session.madeUp)
      .filter((session) => owner === undefined || session.owner === owner)
      .sort((a, b) => b.order.priority - a.order.priority || a.createdAt - b.createdAt);
  }

  private *holding({ owner, projectId, group }: Share): Iterable<Session> {
    for (const session of this.store.all()) {
      if (!session.holdsSlots) continue;
      if (owner !== undefined && session.owner !== owner) continue;
      if (projectId !== undefined && session.order.project.id !== projectId) continue;
      if (group === undefined || session.order.resourceGroup === group) yield session;
    }
  }
}
