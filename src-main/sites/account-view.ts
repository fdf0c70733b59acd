/** An account as windows see it: no secret, and the state of its connection. */
import type { Account } from '../../src-preload/contract/sites.ts';
import type { AccountConnection } from './account-connection.ts';
import type { RememberedAccount } from './site-book.ts';

export interface LiveAccount {
  readonly remembered: RememberedAccount;
  readonly connection: AccountConnection;
}

export function toAccount({ remembered, connection }: LiveAccount): Account {
  const { id, siteId, accessKey, mode, secretKeptIn } = remembered;
  const { state, error, connected } = connection;
  const email = connected?.identity.email || remembered.email;
  return {
    id,
    siteId,
    label: email === undefined || email === '' ? accessKey : email,
    accessKey,
    mode,
    state,
    ...(error === null ? {} : { error: error.toValue() }),
    secretKeptIn: state === 'signed-out' && error?.code === 'signed-out' ? 'nowhere' : secretKeptIn,
    ...(email === undefined ? {} : { email }),
    ...(connected === null ? {} : { domain: connected.identity.domain, role: connected.identity.role }),
    projects: connected === null ? [] : [...connected.identity.projects],
    endsAt: connected?.endsAt == null ? null : new Date(connected.endsAt).toISOString(),
    canExtend: connected?.canExtend ?? false,
    skewSeconds: Math.round((connected?.skewMs ?? 0) / 1000),
  };
}
