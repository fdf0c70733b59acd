/**
 * Which folders a session will see and where (API reference, section 4.3, "Mount rules").
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Access } from '../folders/folder.ts';
import { isReservedFolderName, overlaps, sessionHome, targetInHome } from '../folders/folder-names.ts';
import type { FolderStore } from '../folders/folder-store.ts';
import { badParameters, notFound, Problem } from '../http/problem.ts';
import type { CreateConfig } from './create-body.ts';
import type { Mount } from './session.ts';

interface Wish {
  readonly access: Access;
  readonly subpath: string;
  readonly path: string | undefined;
  readonly permission: 'ro' | 'rw' | 'wd' | null;
}

/** `name/sub/dir` -> the folder and the path inside it. A subpath must not climb out of its folder. */
function splitSource(text: string): { readonly name: string; readonly subpath: string } {
  const [name = '', ...rest] = text.split('/');
  const parts = rest.filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw badParameters(`The mount source ${text} leaves its folder.`);
  return { name, subpath: parts.join('/') };
}

function wishes(config: CreateConfig, all: readonly Access[]): readonly Wish[] {
  const ready = all.filter(({ folder }) => folder.status === 'ready');
  const find = (fits: (access: Access) => boolean): Access => {
    const found = ready.find(fits);
    if (found === undefined) throw notFound('virtual folder');
    return found;
  };
  const byName = config.mounts.map((text): Wish => {
    const { name, subpath } = splitSource(text);
    const access = find(({ folder }) => folder.name === name);
    const option = config.mountOptions[text] ?? config.mountOptions[name];
    return { access, subpath, path: config.mountMap[text], permission: option?.permission ?? null };
  });
  const byId = config.mountIds.map((id): Wish => {
    const option = config.mountOptions[id];
    return {
      access: find(({ folder }) => folder.id === id.toLowerCase() || folder.id.replaceAll('-', '') === id),
      subpath: '',
      path: config.mountIdMap[id],
      permission: option?.permission ?? null,
    };
  });
  // Folders whose name begins with a dot are mounted in every session of their owner.
  const asked = [...byName, ...byId];
  const always = ready
    .filter(({ folder, isOwner }) => isOwner && folder.name.startsWith('.'))
    .filter(({ folder }) => !asked.some(({ access }) => access.folder === folder))
    .map((access): Wish => ({ access, subpath: '', path: undefined, permission: null }));
  return [...asked, ...always];
}

function checkMap(config: CreateConfig): void {
  const entries = [...Object.entries(config.mountMap), ...Object.entries(config.mountIdMap)];
  const keys = new Set(entries.map(([key]) => key));
  const seen = new Set<string>();
  for (const [, path] of entries) {
    if (path === '') throw badParameters('The mount destination path must not be empty.');
    if (seen.has(path)) throw badParameters(`The mount destination path ${path} is given twice.`);
    if (keys.has(path)) throw badParameters(`The mount destination path ${path} is also the name of a folder.`);
    if (isReservedFolderName(path.replace(`${sessionHome}/`, '').split('/')[0] ?? '')) {
      throw badParameters(`The mount destination path ${path} is reserved.`);
    }
    seen.add(path);
  }
}

function targetOf(wish: Wish): string {
  const target = targetInHome(wish.path ?? wish.access.folder.name);
  // A container could mount anywhere; a process of this machine has only its home to show things in.
  if (target === null)
    throw badParameters(`The local sandbox mounts folders below ${sessionHome} only: ${wish.path ?? ''}`);
  return target;
}

/** True when one path inside a folder holds the other; the empty path is the whole folder. */
function nests(a: string, b: string): boolean {
  return a === '' || b === '' || overlaps(a, b);
}

/** Throws a Problem: 404 for an unknown folder, 400 for a bad target, an overlap or a permission that is not there. */
export function planMounts(config: CreateConfig, folders: readonly Access[]): readonly Mount[] {
  checkMap(config);
  const mounts: Mount[] = [];
  for (const wish of wishes(config, folders)) {
    if (wish.access.permission === 'ro' && (wish.permission === 'rw' || wish.permission === 'wd')) {
      throw new Problem(
        400,
        'vfolder-permission-error',
        'The virtual folder does not permit the specified permission.',
      );
    }
    const mount: Mount = {
      folder: wish.access.folder,
      subpath: wish.subpath,
      target: targetOf(wish),
      readOnly: (wish.permission ?? wish.access.permission) === 'ro',
    };
    for (const other of mounts) {
      if (overlaps(mount.target, other.target)) {
        throw badParameters(`The mount destinations ${other.target} and ${mount.target} overlap.`);
      }
      if (mount.folder === other.folder && nests(mount.subpath, other.subpath)) {
        throw badParameters(`The folder ${mount.folder.name} is mounted inside itself.`);
      }
    }
    mounts.push(mount);
  }
  return mounts;
}

/**
 * The directory behind a mount.
 * SECURITY: a subpath is followed through its links and must still lie in its folder (plan-mounts.test.ts, "link").
 */
export async function sourceOf(mount: Mount, folders: FolderStore): Promise<string> {
  const root = await realpath(folders.pathOf(mount.folder));
  const source = await realpath(join(root, mount.subpath)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw badParameters(`There is no ${mount.subpath} in the folder ${mount.folder.name}.`);
    throw error;
  });
  if (source !== root && !source.startsWith(`${root}/`)) {
    throw badParameters(`The mount source ${mount.folder.name}/${mount.subpath} leaves its folder.`);
  }
  return source;
}
