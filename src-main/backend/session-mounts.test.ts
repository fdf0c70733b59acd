import { describe, expect, it } from 'vitest';
import { readSessionMounts } from './session-mounts.ts';

const id = '0d5c6a1b-2c3d-4e5f-6071-8293a4b5c6d7';
const hex = id.replaceAll('-', '');
const place = `/mnt/vfs/local/11111111222243338444555555555555/0d/5c/${hex.slice(4)}`;
const python = (
  name: string,
  perm: string,
  host = place,
  vfid = '<ai.backend.common.types.VFolderID object at 0x7f3c>',
) =>
  `VFolderMount(name=${name}, vfid=${vfid}, vfsubpath=PurePosixPath('.'), host_path=PurePosixPath('${host}'), ` +
  `kernel_path=PurePosixPath('/home/work/data'), mount_perm=<MountPermission.${perm}>, usage_mode=<VFolderUsageMode.GENERAL: 'general'>)`;

describe('folders of a session', () => {
  it.each([
    ['an id', id, { name: null, id, readOnly: null, path: null }],
    ['an id without dashes', hex, { name: null, id, readOnly: null, path: null }],
    ['an id behind its scope', `user:${id}/${hex}`, { name: null, id, readOnly: null, path: null }],
    [
      'what Python prints',
      python("'data'", "READ_ONLY: 'ro'"),
      { name: 'data', id, readOnly: true, path: '/home/work/data' },
    ],
    [
      'what Python prints, of a part of the folder',
      python('"kim\'s"', "READ_WRITE: 'rw'", `${place}/part`),
      { name: "kim's", id, readOnly: false, path: '/home/work/data' },
    ],
    [
      'what Python prints where the id is told',
      python("'data'", "RW_DELETE: 'wd'", '/somewhere/else', `UUID('${id}')`),
      { name: 'data', id, readOnly: false, path: '/home/work/data' },
    ],
    [
      'what Python prints where nothing tells the id',
      python("'data'", "READ_ONLY: 'ro'", '/somewhere/else'),
      { name: 'data', id: null, readOnly: true, path: '/home/work/data' },
    ],
    [
      'JSON',
      JSON.stringify({ name: 'data', vfid: `user:${id}/${hex}`, mount_perm: 'ro', kernel_path: '/data' }),
      { name: 'data', id, readOnly: true, path: '/data' },
    ],
    [
      'an object',
      { name: 'data', vfid: { quota_scope_id: 'user:x', folder_id: id }, mount_perm: 'rw' },
      { name: 'data', id, readOnly: false, path: null },
    ],
  ])('%s', (_what, value, wanted) => {
    expect(readSessionMounts([value])).toEqual([wanted]);
  });

  it('leaves out what tells nothing, and never takes a text for an id', () => {
    expect(readSessionMounts(null)).toEqual([]);
    expect(
      readSessionMounts(['', 'VFolderMount(', '{}', '{"vfid": 7}', 7, null, [], '../../etc', 'object at 0x7f']),
    ).toEqual([]);
  });
});
