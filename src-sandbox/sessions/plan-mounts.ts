/**
 * Which folders a session will see and where (API reference, section 4.3, "Mount rules").
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isReservedFolderName, overlaps, sessionHome, targetInHome } from '../folders/folder-names.ts';
import type { Folder, FolderStore } from '../folders/folder-store.ts';
import { badParameters, notFound, Problem } from '../http/problem.ts';
import type { CreateConfig } from './create-body.ts';
import type { Mount } from './session.ts';

interface Wish {
  readonly folder: Folder;
  readonly subpath: string;
  readonly path: string | undefined;
  readonly permission: 'ro' | 'rw' | 'wd' | null;
}

function findFolder(folders: FolderStore, reference: string): Folder {
  const folder = folders.find(reference);
  if (folder === null || folder.status !== 'ready') throw notFound('virtual folder');
  return folder;
}

/** `name/sub/dir` -> the folder and the path inside it. A subpath must not climb out of its folder. */
function splitSource(text: string): { readonly name: string; readonly subpath: string } {
  const [name = '', ...rest] = text.split('/');
  const parts = rest.filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw badParameters(`The mount source ${text} leaves its folder.`);
  return { name, subpath: parts.join('/') };
}

function wishes(config: CreateConfig, folders: FolderStore): readonly Wish[] {
  const byName = config.mounts.map((text): Wish => {
    const { name, subpath } = splitSource(text);
    const folder = folders.list().find((known) => known.name === name && known.status === 'ready');
    if (folder === undefined) throw notFound('virtual folder');
    const option = config.mountOptions[text] ?? config.mountOptions[name];
    return { folder, subpath, path: config.mountMap[text], permission: option?.permission ?? null };
  });
  const byId = config.mountIds.map((id): Wish => {
    const option = config.mountOptions[id];
    return {
      folder: findFolder(folders, id),
      subpath: '',
      path: config.mountIdMap[id],
      permission: option?.permission ?? null,
    };
  });
  // Folders whose name begins with a dot are mounted in every session of their owner.
  const always = folders
    .list()
    .filter((folder) => folder.name.startsWith('.') && folder.status === 'ready')
    .map((folder): Wish => ({ folder, subpath: '', path: undefined, permission: null }));
  return [...byName, ...byId, ...always.filter(({ folder }) => ![...byName, ...byId].some((w) => w.folder === folder))];
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
  const target = targetInHome(wish.path ?? wish.folder.name);
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
export function planMounts(config: CreateConfig, folders: FolderStore): readonly Mount[] {
  checkMap(config);
  const mounts: Mount[] = [];
  for (const wish of wishes(config, folders)) {
    if (wish.folder.permission === 'ro' && (wish.permission === 'rw' || wish.permission === 'wd')) {
      throw new Problem(
        400,
        'vfolder-permission-error',
        'The virtual folder does not permit the specified permission.',
      );
    }
    const mount: Mount = {
      folder: wish.folder,
      subpath: wish.subpath,
      target: targetOf(wish),
      readOnly: (wish.permission ?? wish.folder.permission) === 'ro',
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
