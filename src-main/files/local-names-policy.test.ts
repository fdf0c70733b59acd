import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderName, localNames, staysInside } from './local-names-policy.ts';

const plain = (paths: readonly string[], platform: NodeJS.Platform = 'linux') =>
  localNames(
    paths.map((path) => Buffer.from(path)),
    platform,
  );

describe('names on this computer', () => {
  it('stay as they are where they can', () => {
    const paths = ['a.txt', 'deep/er/한글 파일', '-rf', 'new\nline', 'CON', 'a:b?', 'trail. '];
    expect(plain(paths)).toEqual(paths);
  });

  it('change on Windows where it could not hold them', () => {
    expect(
      plain(['a:b?.txt', 'CON', 'nul.txt', 'com1', 'console', 'trail. ', 'back\\slash', 'x\u0001'], 'win32'),
    ).toEqual(['a_b_.txt', '_CON', '_nul.txt', '_com1', 'console', 'trail__', 'back_slash', 'x_']);
  });

  it('never fall together: case, forms of one letter, replaced characters, bytes', () => {
    expect(plain(['Read.me', 'read.ME', 'READ.ME'], 'darwin')).toEqual(['Read.me', 'read (2).ME', 'READ (3).ME']);
    expect(plain(['Dir/x', 'dir/x', 'dir/X'], 'win32')).toEqual(['Dir/x', 'dir (2)/x', 'dir (2)/X (2)']);
    expect(plain(['é', 'e\u0301'], 'darwin')).toEqual(['é', 'e\u0301 (2)']);
    expect(plain(['a?b', 'a*b'], 'win32')).toEqual(['a_b', 'a_b (2)']);
    expect(localNames([Buffer.from([0x61, 0xff]), Buffer.from('a%FF')], 'linux')).toEqual(['a%FF', 'a%FF (2)']);
  });

  it('a file and a folder of names that fall together are two', () => {
    expect(plain(['data', 'Data/x'], 'darwin')).toEqual(['data', 'Data (2)/x']);
  });

  it('refuse to leave the folder', () => {
    for (const path of ['..', 'a/../b', '../x', '.', '', 'a\0b']) {
      expect(() => plain([path]), path).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    }
  });

  it('hold for any bytes: no way out, no two alike, nothing that Windows refuses', () => {
    const part = fc
      .uint8Array({ minLength: 1, maxLength: 6 })
      .map((bytes) => Buffer.from(bytes.map((it) => (it === 0 || it === 0x2f ? 0x2e : it))));
    const path = fc
      .array(part, { minLength: 1, maxLength: 3 })
      .map((parts) => Buffer.concat(parts.flatMap((it, i) => (i === 0 ? [it] : [Buffer.from('/'), it]))));
    fc.assert(
      fc.property(
        fc.array(path, { maxLength: 12 }),
        fc.constantFrom<NodeJS.Platform>('linux', 'darwin', 'win32'),
        (paths, platform) => {
          let names: string[];
          try {
            names = localNames(paths, platform);
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid-input' });
            return;
          }
          const fold = (name: string) => (platform === 'linux' ? name : name.normalize('NFC').toLowerCase());
          expect(new Set(names.map(fold)).size).toBe(names.length);
          for (const name of names) {
            for (const it of name.split('/')) {
              expect(['', '.', '..']).not.toContain(it);
              if (platform === 'win32') expect(it).not.toMatch(/[<>:"|?*\\]|[. ]$/);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('make a folder of a session name', () => {
    expect(folderName('train-vit', 'linux')).toBe('train-vit');
    expect(folderName('../x', 'linux')).toBe('__x');
    expect(folderName('con', 'win32')).toBe('_con');
  });

  it('make a link again only where it stays inside', () => {
    const stays = (link: string, target: string) => staysInside(Buffer.from(link), Buffer.from(target));
    expect(stays('a/link', 'b')).toBe(true);
    expect(stays('a/link', '../b')).toBe(true);
    expect(stays('a/link', '../../b')).toBe(false);
    expect(stays('a/link', 'x/../../../a')).toBe(false);
    expect(stays('link', '/etc/passwd')).toBe(false);
  });
});
