/** Holds the house rules that a reader relies on: who may import whom, and what stands in one place only. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Import {
  readonly from: string;
  /** Path below the root for our own files, else the package's name. */
  readonly to: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
}

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '');

const importPattern =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(importPattern)].map((match) => {
    const target = match[3] ?? match[4] ?? '';
    const own = target.startsWith('.');
    return {
      from: file,
      to: own ? normalize(join(dirname(file), target)).replaceAll('\\', '/') : target,
      own,
      typeOnly: match[2] !== undefined,
    };
  });
}

const isTest = (file: string) => /\.i?test\.tsx?$/.test(file) || file.includes('/testing/');
const source = files.filter((file) => /^src-/.test(file) && !isTest(file));
const all = source.flatMap(importsOf);

function offenders(rule: (it: Import) => boolean): string[] {
  return all.filter(rule).map((it) => `${it.from} -> ${it.to}${it.typeOnly ? ' (type)' : ''}`);
}

const under = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const areaOf = (path: string) => /^src-main\/([^/]+)\//.exec(path)?.[1] ?? '';

test('the contract imports zod and itself only', () => {
  expect(
    offenders(
      (it) =>
        under(it.from, 'src-preload/contract') && (it.own ? !under(it.to, 'src-preload/contract') : it.to !== 'zod'),
    ),
  ).toEqual([]);
});

test('the client imports the contract only', () => {
  expect(
    offenders(
      (it) => it.from === 'src-preload/client.ts' && (it.own ? !under(it.to, 'src-preload/contract') : it.to !== 'zod'),
    ),
  ).toEqual([]);
});

test('base imports nothing of ours but the types of the contract', () => {
  expect(
    offenders(
      (it) =>
        under(it.from, 'src-main/base') &&
        it.own &&
        !under(it.to, 'src-main/base') &&
        !(it.typeOnly && under(it.to, 'src-preload/contract')),
    ),
  ).toEqual([]);
});

test('areas know other areas, and the host, by type and by pure policies only', () => {
  const free = ['base', 'hosts', ''];
  expect(
    offenders(
      (it) =>
        it.own &&
        !it.typeOnly &&
        under(it.from, 'src-main') &&
        !free.includes(areaOf(it.from)) &&
        under(it.to, 'src-main') &&
        areaOf(it.to) !== areaOf(it.from) &&
        areaOf(it.to) !== 'base' &&
        // A `-policy` file is pure: input to verdict, no state, no I/O.
        !it.to.endsWith('-policy.ts'),
    ),
  ).toEqual([]);
});

test('the hosts never know each other, and nothing but a host knows one', () => {
  expect(
    offenders((it) => under(it.from, 'src-main/hosts/electron') && under(it.to, 'src-main/hosts/browser')),
  ).toEqual([]);
  expect(
    offenders((it) => under(it.from, 'src-main/hosts/browser') && under(it.to, 'src-main/hosts/electron')),
  ).toEqual([]);
  expect(
    offenders((it) => !under(it.from, 'src-main/hosts') && /^src-main\/hosts\/(electron|browser)\//.test(it.to)),
  ).toEqual([]);
});

test('electron is imported by its host and the preload script only', () => {
  expect(
    offenders(
      (it) =>
        /^electron($|\/)|^electron-store$/.test(it.to) &&
        !under(it.from, 'src-main/hosts/electron') &&
        it.from !== 'src-preload/preload.ts',
    ),
  ).toEqual([]);
});

test('windows know the contract and the client, nothing of the main process', () => {
  expect(
    offenders(
      (it) =>
        under(it.from, 'src-renderer') &&
        it.own &&
        !under(it.to, 'src-renderer') &&
        !under(it.to, 'src-preload/contract') &&
        it.to !== 'src-preload/client.ts',
    ),
  ).toEqual([]);
  expect(offenders((it) => under(it.from, 'src-renderer') && /^node:/.test(it.to))).toEqual([]);
});

test('features do not import each other', () => {
  const feature = (path: string) => /^src-renderer\/features\/([^/]+)\//.exec(path)?.[1];
  expect(
    offenders(
      (it) => feature(it.from) !== undefined && feature(it.to) !== undefined && feature(it.from) !== feature(it.to),
    ),
  ).toEqual([]);
});

test('the sandbox shares no code with the client that talks to it', () => {
  expect(offenders((it) => under(it.from, 'src-sandbox') && it.own && !under(it.to, 'src-sandbox'))).toEqual([]);
  expect(offenders((it) => !under(it.from, 'src-sandbox') && under(it.to, 'src-sandbox'))).toEqual([]);
});

test('end-to-end tests use the contract and built output only', () => {
  const inner = files.filter((file) => under(file, 'e2e')).flatMap(importsOf);
  expect(
    inner.filter((it) => it.own && /^src-(main|renderer|sandbox)\//.test(it.to)).map((it) => `${it.from} -> ${it.to}`),
  ).toEqual([]);
});

test('there are no import cycles', () => {
  const edges = new Map<string, string[]>();
  for (const it of all) if (it.own && !it.typeOnly) edges.set(it.from, [...(edges.get(it.from) ?? []), it.to]);
  const cycles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of edges.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

test('what is dangerous stands in one place', () => {
  const holding = (pattern: RegExp) => source.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
  expect(holding(/new (BrowserWindow|WebContentsView)\(/)).toEqual(['src-main/hosts/electron/windows.ts']);
  expect(holding(/new (ssh2\.)?Client\(/).filter((file) => file.startsWith('src-main'))).toEqual([
    'src-main/links/ssh-connection.ts',
  ]);
  // Nothing may believe every certificate: neither an option, nor a variable, nor a callback that never refuses.
  expect(holding(/rejectUnauthorized(?!: true\b)|NODE_TLS_REJECT_UNAUTHORIZED/)).toEqual([]);
  expect(holding(/checkServerIdentity/)).toEqual(['src-main/backend/route.ts', 'src-main/backend/trust.ts']);
  expect(holding(/\beval\(|new Function\(/)).toEqual([]);
  expect(holding(/dangerouslySetInnerHTML|\.innerHTML\s*=/)).toEqual([]);
});

test('no file is too long to hold in the head', () => {
  const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401);
  expect(long).toEqual([]);
});
