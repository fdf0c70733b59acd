/** Sites and accounts, kept fresh by `sites.changed`. */
import { useQuery } from '@tanstack/react-query';
import type { Account, Site } from '../../src-preload/contract/sites.ts';
import { berth } from '../bridge.ts';
import { queryClient } from './query.ts';

const key = ['sites.list'] as const;

berth.sites.onChanged((sites) => {
  const before = queryClient.getQueryData<Site[]>(key);
  queryClient.setQueryData(key, sites);
  // Whoever failed while an account was signed out or away asks again, once.
  for (const { account } of allAccounts(sites)) {
    const was = accountOf(before, account.id)?.account.state;
    if (account.state !== 'signed-in' || was === undefined || was === 'signed-in') continue;
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey.includes(account.id) });
  }
});

export function useSites() {
  return useQuery({ queryKey: key, queryFn: () => berth.sites.list() });
}

export interface SignedIn {
  readonly site: Site;
  readonly account: Account;
}

export function allAccounts(sites: readonly Site[] | undefined): SignedIn[] {
  return (sites ?? []).flatMap((site) => site.accounts.map((account) => ({ site, account })));
}

export function accountOf(sites: readonly Site[] | undefined, accountId: string | null): SignedIn | undefined {
  return allAccounts(sites).find((it) => it.account.id === accountId);
}
