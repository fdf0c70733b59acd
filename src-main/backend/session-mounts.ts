/**
 * The folders of a session as `vfolder_mounts` tells them, which differs by version: a list of ids from 24.09.6 on; before,
 * and from 23.03 on, what Python prints of the manager's own object (`VFolderMount(name='data', vfid=<...>,
 * host_path=PurePosixPath('/vfs/<scope>/aa/bb/rest'), mount_perm=<MountPermission.READ_ONLY: 'ro'>)`), since the field is
 * of type String and the list is handed over as it is (manager, models/session.py; common/types.py). Some sites have JSON.
 */
import type { SessionMount } from '../../src-preload/contract/session-facts.ts';
import { asRecord, dashed, jsonText } from './wire.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function readSessionMounts(values: readonly unknown[] | null | undefined): SessionMount[] {
  return (values ?? []).flatMap((value) => {
    const mount = typeof value === 'string' ? ofText(value.trim()) : ofObject(asRecord(value));
    return mount.id === null && mount.name === null ? [] : [mount];
  });
}

function ofText(text: string): SessionMount {
  if (text.startsWith('VFolderMount(')) return ofPython(text);
  if (text.startsWith('{')) return ofObject(asRecord(jsonText.parse(text)));
  return { name: null, id: asId(text), readOnly: null, path: null };
}

function ofObject({ name, vfid, mount_perm: permission, kernel_path: path }: Readonly<Record<string, unknown>>) {
  // The quota scope may stand before the folder's id, or both be fields.
  const id = typeof vfid === 'string' ? vfid : asRecord(vfid).folder_id;
  return {
    name: typeof name === 'string' && name !== '' ? name : null,
    id: typeof id === 'string' ? asId(id) : null,
    readOnly: typeof permission === 'string' ? permission === 'ro' : null,
    path: typeof path === 'string' ? path : null,
  };
}

/** Python quotes with `"` where the text has a `'`; the id is found in the folder's place, by the storage proxy's layout. */
function ofPython(text: string): SessionMount {
  const field = (name: string) => {
    const [, single, double] = new RegExp(`\\b${name}=(?:PurePosixPath\\()?(?:'([^']*)'|"([^"]*)")`).exec(text) ?? [];
    return single ?? double ?? null;
  };
  const [, first = '', second = '', rest = ''] =
    /\/([0-9a-f]{2})\/([0-9a-f]{2})\/([0-9a-f]{28})(?:\/|$)/.exec(field('host_path') ?? '') ?? [];
  const told = /\bfolder_id=UUID\('([0-9a-f-]{36})'\)|\bvfid=UUID\('([0-9a-f-]{36})'\)/.exec(text);
  const permission = /\bmount_perm=<[^:>]*:\s*'(ro|rw|wd)'>/.exec(text)?.[1];
  return {
    name: field('name'),
    id: asId(told?.[1] ?? told?.[2] ?? `${first}${second}${rest}`),
    readOnly: permission === undefined ? null : permission === 'ro',
    path: field('kernel_path'),
  };
}

function asId(text: string): string | null {
  const id = dashed(text.split('/').pop() ?? '');
  return uuid.test(id) ? id : null;
}
