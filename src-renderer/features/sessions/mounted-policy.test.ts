import { describe, expect, it } from 'vitest';
import type { Folder } from '../../../src-preload/contract/launcher.ts';
import { mountedFolders } from './mounted-policy.ts';

const folder = (id: string, name: string, permission: Folder['permission'] = 'rw') =>
  ({ id, name, permission }) as Folder;
const mount = (
  name: string | null,
  id: string | null,
  readOnly: boolean | null = null,
  path: string | null = null,
) => ({
  name,
  id,
  readOnly,
  path,
});
const brief = (rows: ReturnType<typeof mountedFolders>) => rows.map(({ name, id, state }) => [name, id, state]);

describe('mounted folders', () => {
  const folders = [folder('1', 'data'), folder('2', 'results'), folder('3', 'data'), folder('4', 'read', 'ro')];

  it('are found by the id that the site tells with the name', () => {
    const session = { mounts: ['data', 'results'], mounted: [mount('results', '2'), mount('data', '3')] };
    expect(brief(mountedFolders(session, folders))).toEqual([
      ['data', '3', 'there'],
      ['results', '2', 'there'],
    ]);
  });

  it('are found where names and ids come apart, two folders of one name told from each other', () => {
    expect(brief(mountedFolders({ mounts: ['results', 'data'], mountIds: ['3', '2'] }, folders))).toEqual([
      ['results', '2', 'there'],
      ['data', '3', 'there'],
    ]);
    expect(brief(mountedFolders({ mounts: ['data'], mountIds: ['1', '3'] }, folders))).toEqual([
      ['data', null, 'missing'],
    ]);
  });

  it('are found by their name alone where there is just one of it and no id is told', () => {
    expect(brief(mountedFolders({ mounts: ['results', 'data'] }, folders))).toEqual([
      ['results', '2', 'there'],
      ['data', null, 'missing'],
    ]);
  });

  it('that were renamed since are told by both names', () => {
    const [row] = mountedFolders({ mounts: ['old-name'], mountIds: ['2'] }, folders);
    expect(row).toMatchObject({ name: 'old-name', now: 'results', id: '2', state: 'there' });
  });

  it('that are gone, or that nobody could ask for, have no link', () => {
    const gone = { mounts: ['gone'], mountIds: ['9'] };
    expect(brief(mountedFolders(gone, folders))).toEqual([['gone', null, 'missing']]);
    // Another folder that took the name is another folder.
    expect(brief(mountedFolders({ mounts: ['results'], mountIds: ['9'] }, folders))).toEqual([
      ['results', null, 'missing'],
    ]);
    expect(brief(mountedFolders(gone, null))).toEqual([['gone', null, 'unknown']]);
  });

  it('say that they are read-only by the mount, else by what one may do with the folder', () => {
    const session = {
      mounts: ['data', 'read', 'results'],
      mounted: [
        mount('data', '1', true, '/home/work/in/data'),
        mount('results', '2', false, '/home/work/results'),
        mount(null, '4'),
      ],
    };
    expect(mountedFolders(session, folders).map(({ readOnly, path }) => [readOnly, path])).toEqual([
      [true, '/home/work/in/data'],
      [true, null],
      [false, null],
    ]);
  });
});
