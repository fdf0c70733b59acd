/** Sites and accounts, kept fresh by `sites.changed`. */
import { useQuery } from '@tanstack/react-query';
import type { Account, Site } from '../../src-preload/contract/sites.ts';
import { berth } from '../bridge.ts';
import { queryClient } from './query.ts';

const key = ['sites.list'] as const;

berth.sites.onChanged((sites) => queryClient.setQueryData(key, sites));

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
