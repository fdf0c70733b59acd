import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootTime, type FoundFile, isLoss, type Probe, parseMounts, scopeOf, unescapeMount } from './look-policy.ts';
import { FindReader, findCommand, readProbe } from './look-script.ts';
import { compareRaw, linkTarget, shownPath } from './raw-path-policy.ts';

const raw = (text: string) => Buffer.from(text);
const probe = (changes: Partial<Probe> = {}): Probe => ({
  now: 2000,
  home: raw('/home/work'),
  bootedAt: 1000,
  hasGnuFind: true,
  hasSha256: true,
  mounts: ['/', '/home/work', '/home/work/data', '/opt/kernel', '/etc/hosts'].map((path) => ({
    path: raw(path),
    isReadOnly: false,
  })),
  places: ['/tmp', '/workspace', '/usr', '/var/tmp'].map(raw),
  isRoot: false,
  ...changes,
});
const file = (path: string, changes: Partial<FoundFile> = {}): FoundFile => ({
  path: raw(path),
  kind: 'file',
  bytes: 1,
  mtime: 1500,
  mode: 0o644,
  target: raw(''),
  ...changes,
});

describe('where a loss check looks', () => {
  it('looks at the home and at places of the container that a person may write to', () => {
    const scope = scopeOf(probe(), 1060, ['results']);
    expect(scope.roots.map(String)).toEqual(['/home/work', '/tmp', '/workspace', '/var/tmp']);
    expect(scope.mounts.map(String)).toEqual(['/home/work/data', '/opt/kernel', '/etc/hosts', '/home/work/results']);
    expect(scope.since).toBe(999);
  });

  it('looks at the home alone where other places outlive the session', () => {
    const scope = scopeOf(probe({ home: raw('/srv/s1/work'), bootedAt: 5 }), 1060, ['data']);
    expect(scope.roots.map(String)).toEqual(['/srv/s1/work']);
    expect(scope.since).toBe(1059);
  });

  it('takes the earlier start: a container that was started again keeps its home', () => {
    expect(scopeOf(probe({ bootedAt: 9000 }), 1060, []).since).toBe(1059);
    expect(scopeOf(probe({ bootedAt: null }), null, []).since).toBe(0);
  });

  it('tells a person’s files from the platform’s', () => {
    const scope = scopeOf(probe(), null, ['results']);
    const lost = (path: string, changes?: Partial<FoundFile>) => isLoss(scope, file(path, changes));
    for (const path of ['/home/work/a', '/home/work/.config/x', '/home/work/database', '/tmp/x', '/workspace/y']) {
      expect(lost(path), path).toBe(true);
    }
    for (const path of [
      '/home/work/data/x',
      '/home/work/results/x',
      '/home/work/id_container',
      '/home/work/.ssh/authorized_keys',
      '/home/work/.cache/pip/x',
      '/home/work/.bash_history',
      '/home/work/a/.ipynb_checkpoints/b.ipynb',
      '/tmp/dropbear/key',
      '/tmp/tmux-9001/default',
    ]) {
      expect(lost(path), path).toBe(false);
    }
    expect(lost('/home/work/.bashrc', { mtime: 1005 })).toBe(false);
    expect(lost('/home/work/.bashrc', { mtime: 1500 })).toBe(true);
    expect(lost('/home/work/l', { kind: 'link', target: raw('data/x') })).toBe(false);
    expect(lost('/home/work/sub/l', { kind: 'link', target: raw('../results') })).toBe(false);
    expect(lost('/home/work/l', { kind: 'link', target: raw('/etc/issue') })).toBe(true);
  });

  it('reads what the kernel writes', () => {
    expect(unescapeMount(raw('/a\\040b\\134c')).toString()).toBe('/a b\\c');
    expect(
      parseMounts(
        raw('36 35 98:0 /x /mnt/a\\040b ro,noatime master:1 - ext3 /dev/root rw\n37 35 0:1 / /b rw - t t rw\nbroken\n'),
      ),
    ).toEqual([
      { path: raw('/mnt/a b'), isReadOnly: true },
      { path: raw('/b'), isReadOnly: false },
    ]);
    const stat = `1 (a ) b) S ${Array.from({ length: 18 }, () => '0').join(' ')} 4200 0`;
    expect(bootTime(stat, '1000', '100')).toBe(1042);
    expect(bootTime('nonsense', '', '')).toBeNull();
  });
});

describe('the commands of a loss check', () => {
  it('quotes paths that mean something to a shell or to find', () => {
    const scope = scopeOf(probe({ home: raw("/h/it's"), mounts: [] }), 1, ['a*b']);
    const command = findCommand(scope, 15);
    expect(command).toContain('a\\*b');
    expect(command.startsWith("sh -c '")).toBe(true);
  });

  it('reads answers behind whatever a start-up file printed, in pieces of any size', () => {
    const answer = Buffer.concat([
      raw('Welcome!\nberth-files:\0'),
      raw('f 12 1500.5 644\0/home/work/new\nline\0\0'),
      raw('U\0/home/work/locked\0\0'),
      raw('l 4 1600.0 777\0/home/work/l\0to\0'),
      raw('E\0\0\0'),
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: answer.length }), (size) => {
        const reader = new FindReader();
        const notes = [];
        for (let at = 0; at < answer.length; at += size) notes.push(...reader.push(answer.subarray(at, at + size)));
        expect(notes.map(({ kind }) => kind)).toEqual(['found', 'unreadable', 'found', 'end']);
        expect(notes[0]).toMatchObject({
          file: { bytes: 12, mtime: 1500.5, mode: 0o644, path: raw('/home/work/new\nline') },
        });
        expect(notes[2]).toMatchObject({ file: { kind: 'link', bytes: 0, target: raw('to') } });
      }),
      { numRuns: 40 },
    );
    expect(readProbe(raw('nothing of ours'))).toBeNull();
  });
});

describe('paths as bytes', () => {
  it('sort so that a folder’s content stands together', () => {
    const sorted = ['a', 'a-b', 'a/x', 'a.b/y', 'a/b'].map(raw).sort(compareRaw).map(String);
    expect(sorted).toEqual(['a', 'a/b', 'a/x', 'a-b', 'a.b/y']);
  });

  it('follow a link by its words alone', () => {
    expect(linkTarget(raw('/h/a/l'), raw('../b/./c')).toString()).toBe('/h/b/c');
    expect(linkTarget(raw('/h/l'), raw('/x//y')).toString()).toBe('/x/y');
  });

  it('show what is no text', () => {
    expect(shownPath(Buffer.from([0x61, 0xff, 0x0a]))).toBe('a\\xFF\\x0A');
    expect(shownPath(raw('한글 a'))).toBe('한글 a');
  });
});
