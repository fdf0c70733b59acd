import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareHome, readHomeFile, resolveInHome } from './home.ts';
import { testSpec } from './testing.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-test-')));
  await mkdir(join(folder, 'kernel'));
  await mkdir(join(folder, 'vfolder'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mount = (target: string, readOnly = false) => ({ target, source: join(folder, 'vfolder'), readOnly });
const prepare = (spec = testSpec()) => prepareHome(join(folder, 'kernel'), spec, '/bin/bash');

describe('prepareHome', () => {
  it('makes a private home with the key files that ssh accepts', async () => {
    const home = await prepare();
    const mode = async (name: string) => (await stat(join(home, name))).mode & 0o777;
    expect([
      await mode(''),
      await mode('.ssh'),
      await mode('.ssh/authorized_keys'),
      await mode('id_container'),
    ]).toEqual([0o700, 0o700, 0o600, 0o600]);
  });

  it('shows folders, also below others, and says what is not enforced', async () => {
    const home = await prepare(testSpec({ mounts: [mount('a/b'), mount('a/c', true)] }));
    await writeFile(join(home, 'a/b/new'), '1');
    expect(await readdir(join(folder, 'vfolder'))).toEqual(['new']);
    expect(await readFile(join(home, '.mounts'), 'utf8')).toMatch(/^a\/c\t.*does not enforce it$/m);
  });

  it('refuses a mount inside a mount, and writes nothing into it', async () => {
    await expect(prepare(testSpec({ mounts: [mount('m'), mount('m/inner/deep')] }))).rejects.toThrow(
      /another mounted folder/,
    );
    expect(await readdir(join(folder, 'vfolder'))).toEqual([]);
  });

  it("leaves a mounted .ssh to the person's own keys", async () => {
    await expect(prepare(testSpec({ mounts: [mount('.ssh')] }))).rejects.toThrow(/authorized_keys/);
    await rm(join(folder, 'kernel/work'), { recursive: true });
    await writeFile(join(folder, 'vfolder/authorized_keys'), 'own');
    const home = await prepare(testSpec({ mounts: [mount('.ssh')] }));
    expect(await readdir(home)).not.toContain('id_container');
    expect(await readFile(join(folder, 'vfolder/authorized_keys'), 'utf8')).toBe('own');
  });
});

describe('readHomeFile', () => {
  it('reads files of the home and of mounted folders, and nothing else', async () => {
    const spec = testSpec({ mounts: [mount('m')] });
    const home = await prepare(spec);
    await writeFile(join(folder, 'vfolder/f'), 'in mount');
    await writeFile(join(folder, 'outside'), 'no');
    await symlink(join(folder, 'outside'), join(home, 'link'));
    await symlink('/', join(home, 'root'));
    execFileSync('mkfifo', [join(home, 'pipe')]);
    const read = (path: string, limit = 1000) =>
      readHomeFile(home, spec, path, limit).then(String, (error: NodeJS.ErrnoException) => error.code);
    expect(await read('m/f')).toBe('in mount');
    expect(await read('/home/work/m/f')).toBe('in mount');
    expect(await read(join(home, 'm/f'))).toBe('in mount');
    expect(await read('m/f', 3)).toBe('EFBIG');
    expect(await read('m/f', 8)).toBe('in mount');
    expect(await read('gone')).toBe('ENOENT');
    for (const path of [
      'link',
      'root/etc/passwd',
      '/etc/passwd',
      '../../outside',
      '/home/work/../outside',
      'm',
      '.',
      'pipe',
    ]) {
      expect([path, await read(path)]).toEqual([path, 'EACCES']);
    }
  });
});

describe('resolveInHome', () => {
  it.each([
    ['a', '/h/a'],
    ['/home/work/a', '/h/a'],
    ['/home/work', '/h'],
    ['/home/workers', '/home/workers'],
    ['/etc', '/etc'],
    ['../x', '/x'],
  ])('%s is %s', (path, expected) => expect(resolveInHome('/h', path).replace(/\/$/, '')).toBe(expected));
});
