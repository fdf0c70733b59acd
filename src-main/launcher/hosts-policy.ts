/** On which storage hosts folders may be made and mounted. Pure. */
import type { FolderHosts } from '../../src-preload/contract/launcher.ts';

interface Granting {
  readonly hosts: Readonly<Record<string, readonly string[] | null>>;
}

/**
 * @param hosts as the site lists them for this account
 * @param granting domain, projects and key's policy: a permission in any of them is enough (P-MOUNT-01). A host whose
 *   permissions are not told (before 22.09) leaves everything to the manager.
 */
export function folderHostsOf(
  hosts: { readonly defaultHost: string | null; readonly hosts: readonly { readonly name: string }[] },
  granting: readonly Granting[],
): FolderHosts {
  const names = hosts.hosts.map(({ name }) => name);
  const tables = granting.map((it) => it.hosts);
  const untold = tables.some((table) => Object.values(table).includes(null));
  if (untold || tables.every((table) => Object.keys(table).length === 0)) {
    return { default: hosts.defaultHost, hosts: names, mountable: null };
  }
  const having = (permission: string) =>
    new Set(tables.flatMap((table) => Object.keys(table).filter((host) => table[host]?.includes(permission))));
  const making = names.filter((name) => having('create-vfolder').has(name));
  const fallback = hosts.defaultHost !== null && making.includes(hosts.defaultHost) ? hosts.defaultHost : null;
  const mountable = [...having('mount-in-session')].sort();
  return { default: fallback ?? making[0] ?? null, hosts: making, mountable };
}
