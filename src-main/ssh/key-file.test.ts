import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personPath } from '../base/person-path.ts';
import { writeKeyFile } from './key-file.ts';

describe('key file', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'berth-key-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

  it('is readable by its owner alone, whatever the umask', async () => {
    const path = join(dir, 'new', 'deep', 'key');
    const before = process.umask(0);
    try {
      await writeKeyFile(path, 'secret', false);
    } finally {
      process.umask(before);
    }
    expect(await readFile(path, 'utf8')).toBe('secret');
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(join(dir, 'new'))).toBe(0o700);
    expect(await modeOf(join(dir, 'new', 'deep'))).toBe(0o700);
  });

  it('never replaces a file unasked', async () => {
    const path = join(dir, 'key');
    await writeFile(path, 'mine');
    await expect(writeKeyFile(path, 'secret', false)).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(path, 'utf8')).toBe('mine');
    const link = join(dir, 'link');
    await symlink(join(dir, 'elsewhere'), link);
    await expect(writeKeyFile(link, 'secret', false)).rejects.toMatchObject({ code: 'file-exists' });
    expect((await readdir(dir)).sort()).toEqual(['key', 'link']);
  });

  it('replaces at once and privately when asked', async () => {
    const path = join(dir, 'key');
    await writeFile(path, 'old', { mode: 0o644 });
    await chmod(path, 0o644);
    await writeKeyFile(path, 'secret', true);
    expect(await readFile(path, 'utf8')).toBe('secret');
    expect(await modeOf(path)).toBe(0o600);
    expect(await readdir(dir)).toEqual(['key']);
  });

  it('says when the disk refuses', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(writeKeyFile(join(dir, 'file', 'key'), 'secret', false)).rejects.toMatchObject({ code: 'file-write' });
    await mkdir(join(dir, 'folder'));
    await expect(writeKeyFile(join(dir, 'folder'), 'secret', true)).rejects.toMatchObject({ code: 'file-write' });
  });

  it('understands paths as people type them', () => {
    expect(personPath('~/.ssh/x', '/home/kim')).toBe(join('/home/kim', '.ssh/x'));
    expect(personPath('keys/x', '/home/kim')).toBe(join('/home/kim', 'keys/x'));
    expect(personPath('/abs/x', '/home/kim')).toBe('/abs/x');
  });
});
