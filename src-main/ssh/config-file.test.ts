import { lstatSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editConfig, hostsInUse } from './config-file.ts';
import { withInclude, withoutInclude } from './include-policy.ts';
import { SshFiles } from './ssh-files.ts';

const line = 'Include "/data/ssh/config"';

describe('the person’s SSH configuration', () => {
  let home: string;
  let config: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'berth-config-'));
    config = join(home, '.ssh', 'config');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));
  const add = () => editConfig(config, (content) => withInclude(content, line), line);
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it('is made where there is none, private, and goes again with its folder', async () => {
    const files = new SshFiles({ dataDir: join(home, 'data'), home, isWindows: false });
    const before = process.umask(0);
    try {
      await files.writeConfig([]);
      await files.writeKey('a', 'ssh-rsa AAAA', 'secret');
      const made = await files.include();
      expect(made).toEqual({ folder: true, file: true });
      expect(modeOf(config)).toBe(0o600);
      for (const folder of [join(home, '.ssh'), files.folder, join(files.folder, 'sessions', 'a')]) {
        expect(modeOf(folder)).toBe(0o700);
      }
      for (const file of [files.ownConfig, files.keyFile('a')]) expect(modeOf(file)).toBe(0o600);
      await files.removeAll(made);
      expect(await readdir(home)).toEqual(['data']);
      expect(await readdir(join(home, 'data'))).toEqual([]);
    } finally {
      process.umask(before);
    }
  });

  it('stays where somebody else put something into it meanwhile', async () => {
    const files = new SshFiles({ dataDir: join(home, 'data'), home, isWindows: false });
    const made = await files.include();
    await writeFile(config, `${readFileSync(config, 'utf8')}Host mine\n`);
    await files.removeAll(made);
    expect(readFileSync(config, 'utf8')).toBe('Host mine\n');
  });

  it('is shared with a Berth of another data folder, each with a line of its own', async () => {
    const [one, two] = ['one', 'two'].map(
      (name) => new SshFiles({ dataDir: join(home, name), home, isWindows: false }),
    );
    const made = await one?.include();
    const second = await two?.include();
    expect([made?.file, second?.file]).toEqual([true, false]);
    if (made) await one?.removeAll(made);
    expect(readFileSync(config, 'utf8')).toBe(`Include "${two?.ownConfig}"\n`);
  });

  it('changes behind a link, which stays one', async () => {
    await mkdir(join(home, 'dotfiles'));
    await mkdir(join(home, '.ssh'));
    await writeFile(join(home, 'dotfiles', 'ssh'), 'Host a\n', { mode: 0o640 });
    await symlink('../dotfiles/ssh', config);
    await add();
    expect(lstatSync(config).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, 'dotfiles', 'ssh'), 'utf8')).toBe(`${line}\nHost a\n`);
    expect(modeOf(join(home, 'dotfiles', 'ssh'))).toBe(0o640);
    await editConfig(config, (content) => withoutInclude(content, line), line);
    expect(readFileSync(config, 'utf8')).toBe('Host a\n');
    expect(await readdir(join(home, 'dotfiles'))).toEqual(['ssh']);
  });

  it('is left alone where it may not be written, is no file, or a link leads nowhere', async () => {
    await mkdir(join(home, '.ssh'));
    await writeFile(config, 'Host a\n');
    await chmod(config, 0o444);
    const refused = { code: 'ssh-config', params: { reason: 'unwritable', path: config, line } };
    await expect(add()).rejects.toMatchObject(refused);
    expect(readFileSync(config, 'utf8')).toBe('Host a\n');
    await rm(config);
    await symlink('nowhere', config);
    await expect(add()).rejects.toMatchObject(refused);
    await rm(config);
    await mkdir(config);
    await expect(add()).rejects.toMatchObject(refused);
    expect(await readdir(join(home, '.ssh'))).toEqual(['config']);
  });

  it('tells which hosts it has names for, with the files that it includes', async () => {
    await mkdir(join(home, '.ssh', 'more.d'), { recursive: true });
    await writeFile(config, 'Include more.d/* ~/x /gone\nInclude "/data/ssh/config"\nHost a\n');
    await writeFile(join(home, '.ssh', 'more.d', 'one'), 'Host b\n');
    await writeFile(join(home, 'x'), 'Host c d\n');
    expect(await hostsInUse(config, home, '/data/ssh/config')).toEqual(['a', 'b', 'c', 'd']);
    expect(await hostsInUse(join(home, 'none'), home, '')).toEqual([]);
  });
});
