import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderNameProblem, type MountFacts, mountProblems, targetPath } from './mount-policy.ts';
import { answers, folder } from './testing.ts';

const facts: MountFacts = {
  folders: [...(answers.folders ?? []), folder('f-brew', '.linuxbrew')],
  mountHosts: null,
  projectId: 'p-1',
};
const mount = (id: string, name: string, alias = '') => ({ id, name, alias, readOnly: false });
const types = (choices: Parameters<typeof mountProblems>[0], given = facts) =>
  mountProblems(choices, given).map((it) => it?.type ?? null);
const at = (alias: string) => types([mount('f-data', 'data', alias)])[0];

it.each([
  ['', '/home/work/data'],
  ['in/sub', '/home/work/in/sub'],
  ['/opt/data', '/opt/data'],
  ['//a//b/', '/a/b'],
  ['./x', '/home/work/x'],
  ['/', '/'],
])('mounts %j at %s', (alias, path) => expect(targetPath('data', alias)).toBe(path));

describe('paths', () => {
  it.each(['', 'sub/dir', '/opt/data', '/mnt/data', '/home/other', '/data'])('takes %j', (alias) =>
    expect(at(alias)).toBeNull(),
  );
  it.each([
    ['a b', 'bad-characters'],
    ['데이터', 'bad-characters'],
    ['../x', 'climbs'],
    ['/home/work', 'is-home'],
    ['/home', 'is-home'],
    ['/', 'is-home'],
    ['.', 'is-home'],
    ['.ssh', 'reserved'],
    ['.ssh/keys', 'reserved'],
    ['.bashrc', 'reserved'],
    ['/home/work/.zsh_profile', 'reserved'],
    ['/usr/lib/x', 'system'],
    ['/etc', 'system'],
    ['/tmp', 'system'],
  ])('refuses %j', (alias, type) => expect(at(alias)).toBe(type));
});

describe('clashes', () => {
  it('says one at the later folder: same place, one inside another, an automatic one, a folder’s name', () => {
    expect(types([mount('f-data', 'data', 'x'), mount('f-ro', 'corpus', '/home/work/x')])).toEqual([null, 'same-path']);
    expect(types([mount('f-data', 'data'), mount('f-ro', 'corpus', 'data/in')])).toEqual([null, 'inside']);
    expect(types([mount('f-data', 'data', 'deep/er'), mount('f-ro', 'corpus', 'deep')])).toEqual([null, 'inside']);
    expect(types([mount('f-data', 'data', '.config')])).toEqual(['automatic']);
    expect(types([mount('f-data', 'data', '/home/linuxbrew/.linuxbrew/x')])).toEqual(['inside']);
    expect(types([mount('f-data', 'data', 'corpus'), mount('f-ro', 'corpus', 'other')])).toEqual(['folder-name', null]);
  });
  it('leaves no two targets that are or hold each other, whatever is typed', () => {
    const alias = fc.array(fc.constantFrom('a', 'b', 'a/b', '/a', '/a/b/c', ''), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(alias, (aliases) => {
        const choices = aliases.map((text, index) => mount(`id-${index}`, `folder-${index}`, text));
        const folders = choices.map(({ id, name }) => folder(id, name));
        const problems = mountProblems(choices, { ...facts, folders });
        const kept = choices.filter((_, index) => problems[index] === null).map((it) => targetPath(it.name, it.alias));
        for (const [index, one] of kept.entries()) {
          for (const other of kept.slice(index + 1)) {
            expect(one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`)).toBe(false);
          }
        }
      }),
    );
  });
});

it('reports remembered folders that cannot be mounted, and waits for the list before it says so', () => {
  const remembered = [mount('f-gone', 'lost'), mount('f-other', 'theirs'), mount('f-trash', 'old')];
  expect(types(remembered)).toEqual(['gone', 'other-project', 'not-ready']);
  expect(types([mount('f-cold', 'archive')], { ...facts, mountHosts: ['local:a'] })).toEqual(['no-permission']);
  expect(types(remembered, { ...facts, folders: null })).toEqual([null, null, null]);
});

it('names the trouble of a new folder', () => {
  const judge = (name: string) => folderNameProblem(name, ['data']);
  expect(['', 'a'.repeat(65), 'a b', '.ssh', '.vimrc', 'etc', '..', 'data', '.cache', 'fine-1'].map(judge)).toEqual([
    'empty',
    'too-long',
    'bad-characters',
    'reserved',
    'reserved',
    'reserved',
    'reserved',
    'taken',
    null,
    null,
  ]);
});
