/**
 * Mount targets, overlaps and links.
 */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faceOf } from '../face.ts';
import { FolderStore } from '../folders/folder-store.ts';
import { readCreateBody } from './create-body.ts';
import { planMounts, sourceOf } from './plan-mounts.ts';
import type { Mount } from './session.ts';

let dir = '';
let folders: FolderStore;
const user = '11111111-1111-4111-8111-111111111111';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-mounts-'));
  folders = await FolderStore.open(dir, user);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function plan(config: Readonly<Record<string, unknown>>): readonly Mount[] {
  return planMounts(
    readCreateBody({ name: 'mounts', image: 'x', config }, faceOf('current'), 9).config,
    folders.list(user),
  );
}

const view = (mounts: readonly Mount[]) =>
  mounts.map(({ folder, target, subpath, readOnly }) => [folder.name, subpath, target, readOnly]);

describe('mounts', () => {
  it('go below the home under their own names', () => {
    expect(view(plan({ mounts: ['data', 'results'] }))).toEqual([
      ['data', '', 'data', false],
      ['results', '', 'results', false],
    ]);
  });

  it('follow map, subpath, options and ids', () => {
    const id = folders.find(user, 'results')?.folder.id ?? '';
    const config = {
      mounts: ['data/sets'],
      mount_map: { 'data/sets': '/home/work/in/sets' },
      mount_options: { 'data/sets': { permission: 'ro' } },
      mount_ids: [id],
      mount_id_map: { [id]: 'out' },
    };
    expect(view(plan(config))).toEqual([
      ['data', 'sets', 'in/sets', true],
      ['results', '', 'out', false],
    ]);
  });

  it('mounts folders whose name begins with a dot without being asked', async () => {
    await folders.create(user, { name: '.config', permission: 'rw', usageMode: 'general', cloneable: false });
    expect(view(plan({ mounts: ['data'] }))).toContainEqual(['.config', '', '.config', false]);
  });

  it('answers 404 for a folder that is not there or in the trash', async () => {
    expect(() => plan({ mounts: ['nothing'] })).toThrow(/virtual folder/);
    const data = folders.find(user, 'data');
    if (data !== null) await folders.change(data.folder, { status: 'delete-pending' });
    expect(() => plan({ mounts: ['data'] })).toThrow(/virtual folder/);
  });

  it.each([
    [{ mounts: ['data', 'results'], mount_map: { data: 'x', results: 'x' } }, /given twice/],
    [{ mounts: ['data', 'results'], mount_map: { data: 'x', results: 'x/y' } }, /overlap/],
    [{ mounts: ['data'], mount_map: { data: '' } }, /empty/],
    [{ mounts: ['data'], mount_map: { data: '/etc' } }, /below \/home\/work/],
    [{ mounts: ['data'], mount_map: { data: '../x' } }, /below \/home\/work/],
    [{ mounts: ['data'], mount_map: { data: '.ssh' } }, /reserved/],
    [{ mounts: ['data'], mount_map: { data: 'data' } }, /name of a folder/],
    [{ mounts: ['data/../..'] }, /leaves its folder/],
    [{ mounts: ['data', 'data/sub'], mount_map: { data: 'a', 'data/sub': 'b' } }, /inside itself/],
  ])('refuses %j', (config, reason) => {
    expect(() => plan(config)).toThrow(reason);
  });

  it('does not follow a link out of its folder', async () => {
    const [mount] = plan({ mounts: ['data/way-out'] });
    if (mount === undefined) throw new Error('There is no mount.');
    await mkdir(join(dir, 'elsewhere'));
    await symlink(join(dir, 'elsewhere'), join(folders.root, 'data', 'way-out'));
    await expect(sourceOf(mount, folders)).rejects.toThrow(/leaves its folder/);
  });
});
