/**
 * What is in use on the site, in sum and of each account, and what each account may use.
 */
import type { Account } from '../auth/account.ts';
import { type Policy, policyNamed } from '../slots/capacity.ts';
import { add, type Slots } from '../slots/slots.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

export class Usage {
  readonly capacity: Slots;
  private readonly store: SessionStore;

  constructor(store: SessionStore, capacity: Slots) {
    this.store = store;
    this.capacity = capacity;
  }

  policyOf(account: Account): Policy {
    return policyNamed(account.profile.policy, this.capacity);
  }

  /** Sum of what sessions hold now: everybody's, or one account's. */
  occupied(owner?: Account): Slots {
    let sum: Slots = {};
    for (const session of this.holding(owner)) sum = add(sum, session.requested);
    return sum;
  }

  /** Sessions that hold resources. */
  running(owner?: Account): number {
    return [...this.holding(owner)].length;
  }

  /** Pending sessions in the order in which the scheduler looks at them. */
  queue(owner?: Account): readonly Session[] {
    return [...this.store.all()]
      .filter((session) => session.status === 'PENDING' && !session.madeUp)
      .filter((session) => owner === undefined || session.owner === owner)
      .sort((a, b) => b.priority - a.priority || a.createdAt - b.createdAt);
  }

  private *holding(owner: Account | undefined): Iterable<Session> {
    for (const session of this.store.all()) {
      if (session.holdsSlots && (owner === undefined || session.owner === owner)) yield session;
    }
  }
}
