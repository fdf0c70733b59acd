/**
 * Which folder each mount of a session is: by the id where the site tells it with the name, else by what is left once names
 * and ids that belong together are put together, since sites tell both in no common order. Pure.
 */
import type { Folder } from '../../../src-preload/contract/launcher.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';

export interface MountedFolder {
  /** As the session knows it. */
  readonly name: string;
  /** As it is called today, if that is another name. */
  readonly now: string | null;
  /** Of the folder, where one may open it. */
  readonly id: string | null;
  /** `unknown`: the site's folders could not be asked for. */
  readonly state: 'there' | 'missing' | 'unknown';
  readonly readOnly: boolean;
  readonly path: string | null;
}

type Mounts = Pick<Session, 'mounts' | 'mountIds' | 'mounted'>;

/** @param folders those that the account may see; null: not known */
export function mountedFolders(session: Mounts, folders: readonly Folder[] | null): MountedFolder[] {
  const told = session.mounted ?? [];
  const names = [...new Set([...session.mounts, ...told.flatMap(({ name }) => name ?? [])])];
  const ids = [...new Set([...(session.mountIds ?? []), ...told.flatMap(({ id }) => id ?? [])])];
  const found = new Map<string, string>();
  for (const name of names) {
    const exact = told.find((it) => it.name === name && it.id !== null)?.id;
    const named = (folders ?? []).filter((it) => it.name === name);
    const among = named.filter(({ id }) => ids.includes(id));
    const only = ids.length === 0 && named.length === 1 ? named[0]?.id : undefined;
    const id = exact ?? (among.length === 1 ? among[0]?.id : undefined) ?? only;
    if (id !== undefined) found.set(name, id);
  }
  // Renamed since, or not to be seen: where one of each is left, they belong together.
  const [name, ...names2] = names.filter((it) => !found.has(it));
  const [id, ...ids2] = ids.filter((it) => ![...found.values()].includes(it));
  if (name !== undefined && id !== undefined && names2.length === 0 && ids2.length === 0) found.set(name, id);

  return names.map((it) => {
    const folder = folders?.find(({ id: known }) => known === found.get(it));
    const mount = told.find((one) => one.name === it);
    return {
      name: it,
      now: folder === undefined || folder.name === it ? null : folder.name,
      id: folder?.id ?? null,
      state: folders === null ? 'unknown' : folder === undefined ? 'missing' : 'there',
      readOnly: mount?.readOnly ?? folder?.permission === 'ro',
      path: mount?.path == null || mount.path === `/home/work/${it}` ? null : mount.path,
    };
  });
}
