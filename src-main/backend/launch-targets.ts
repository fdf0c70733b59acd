/**
 * Owners and machines of a launch. An e-mail of one's own is every user's to ask, another's an administrator's (API
 * reference, section 6.8; `scoped_query`). Machines come from `agent_summary_list`, which the manager answers unless it
 * hides agents; there only super administrators are told, by `agent_list`, which takes the same arguments.
 */
import { z } from 'zod';
import type { Machine } from '../../src-preload/contract/launcher.ts';
import { parseAmount } from '../launcher/amount-policy.ts';
import type { TargetsApi } from './api/targets-api.ts';
import type { Identity } from './api/user-api.ts';
import { words } from './session-queries.ts';
import type { SiteClient } from './site-client.ts';
import { asSlots, jsonText, nullableText } from './wire.ts';

const rows = z.array(z.unknown()).nullish().catch(null);
const slots = jsonText.transform(asSlots);

const UserRow = z.object({ email: z.string(), full_name: nullableText, domain_name: nullableText, groups: rows });
const OwnerData = z.object({ user: UserRow.nullish().catch(null), keypairs: rows });
const NamedRow = z.object({ name: z.string().min(1) });
const KeyRow = z.object({ access_key: z.string().min(1).max(256) });
const MachineRow = z.object({
  id: z.string().min(1),
  architecture: nullableText,
  scaling_group: nullableText,
  schedulable: z.boolean().nullish().catch(null),
  available_slots: slots,
  occupied_slots: slots,
});
const MachineList = z.object({ items: rows }).nullish().catch(null);
const MachinesData = z.object({ agent_list: MachineList, agent_summary_list: MachineList });

/** As many as a person can choose from. */
const mostMachines = 500;

const ownerQuery = words(`query ($email: String!) {
  user(email: $email) { email full_name domain_name groups { name } }
  keypairs(email: $email, is_active: true) { access_key } }`);

const machinesQuery = (list: 'agent_list' | 'agent_summary_list') =>
  words(`query ($group: String!, $limit: Int!) {
    ${list}(limit: $limit, offset: 0, scaling_group: $group, status: "ALIVE") {
      items { id architecture scaling_group schedulable available_slots occupied_slots } } }`);

/** Only what could be read: a row that is not as it should be is left out. */
function readRows<T>(schema: z.ZodType<T>, values: readonly unknown[] | null | undefined): T[] {
  return (values ?? []).flatMap((value) => {
    const row = schema.safeParse(value);
    return row.success ? [row.data] : [];
  });
}

export function launchTargets(client: SiteClient, identity: (signal?: AbortSignal) => Promise<Identity>): TargetsApi {
  return {
    async owner(email, signal) {
      const { user, keypairs } = await client.graphql(ownerQuery, { email }, OwnerData, signal);
      if (user === null || user === undefined) return null;
      return {
        email: user.email,
        fullName: user.full_name ?? '',
        sameDomain: user.domain_name === (await identity(signal)).domain,
        domain: user.domain_name ?? '',
        accessKeys: [...new Set(readRows(KeyRow, keypairs).map(({ access_key }) => access_key))],
        projects: [...new Set(readRows(NamedRow, user.groups).map(({ name }) => name))],
      };
    },

    async machines(resourceGroup, signal) {
      const list = (await identity(signal)).role === 'superadmin' ? 'agent_list' : 'agent_summary_list';
      const variables = { group: resourceGroup, limit: mostMachines };
      const data = await client.graphql(machinesQuery(list), variables, MachinesData, signal);
      return readRows(MachineRow, data[list]?.items)
        .filter((row) => row.schedulable !== false && (row.scaling_group ?? resourceGroup) === resourceGroup)
        .map(
          (row): Machine => ({
            id: row.id,
            architecture: row.architecture,
            whole: row.available_slots,
            free: Object.fromEntries(
              Object.entries(row.available_slots).flatMap(([slot, text]) => {
                const whole = parseAmount(slot, text);
                // Hundredths are the smallest share; binary fractions would show as 0.30000000000000004.
                const left = Math.max(0, (whole ?? 0) - (parseAmount(slot, row.occupied_slots[slot]) ?? 0));
                return whole === null ? [] : [[slot, String(Math.round(left * 100) / 100)]];
              }),
            ),
          }),
        )
        .sort((a, b) => Number(b.free.cpu ?? 0) - Number(a.free.cpu ?? 0) || (a.id < b.id ? -1 : 1));
    },
  };
}
