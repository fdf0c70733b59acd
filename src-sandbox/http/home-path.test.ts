/**
 * Paths of requests stay where they belong.
 */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confine } from './home-path.ts';

let dir = '';
let root = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-path-'));
  root = join(dir, 'home');
  await mkdir(join(root, 'sub'), { recursive: true });
  await mkdir(join(dir, 'mounted'));
  await symlink(join(dir, 'mounted'), join(root, 'data'));
  await symlink('/etc', join(root, 'way-out'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const check = (path: string) => confine(root, path, '/home/work', [root, join(dir, 'mounted')]);

describe('confine', () => {
  it.each([
    ['.', ''],
    ['', ''],
    ['sub/new/file', 'sub/new/file'],
    ['/home/work/sub', 'sub'],
    ['data/x', 'data/x'],
    ['sub/../sub', 'sub'],
  ])('takes %j', async (path, expected) => {
    expect(await check(path)).toBe(join(root, expected));
  });

  it.each(['..', '../home2', '/etc/passwd', 'way-out/passwd', 'way-out', 'sub/../../x', 'a\0b', '/home/work/../x'])(
    'refuses %j, which leaves its place',
    async (path) => {
      await expect(check(path)).rejects.toThrow();
    },
  );
});
