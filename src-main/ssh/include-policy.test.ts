import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { includeLine, isIncluded, isPlainPath, pathArgument, withInclude, withoutInclude } from './include-policy.ts';

const line = includeLine('/home/kim/.local/share/berth/ssh/config', false);

/** Configurations as people have them, and bytes that are none. */
const config = fc.oneof(
  fc
    .array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(
            'Host *',
            'host a b',
            'Match all',
            '  User kim',
            '# Include x',
            '',
            'Include ~/.orbstack/ssh/config',
          ),
          fc.string(),
        ),
        fc.constantFrom('\n', '\r\n', '\n\n'),
      ),
    )
    .chain((lines) =>
      fc.boolean().map((ends) => {
        const text = lines.map(([words, end]) => words + end).join('');
        return Buffer.from(ends ? text : text.replace(/\r?\n$/, ''), 'utf8');
      }),
    ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

describe('the include line', () => {
  it('goes as it came, whatever else is in the file', () => {
    fc.assert(
      fc.property(config, (before) => {
        const during = withInclude(before, line);
        expect(isIncluded(during, line)).toBe(true);
        expect(during.subarray(during.length - before.length).equals(before)).toBe(true);
        expect(withoutInclude(during, line).equals(before)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('stands above every block, with the file’s own line ends, and once', () => {
    const once = withInclude(Buffer.from('Host a\r\n  User b\r\n'), line);
    expect(once.toString()).toBe(`${line}\r\nHost a\r\n  User b\r\n`);
    expect(withInclude(once, line)).toBe(once);
    // Below a block it would hold for that block alone.
    const scoped = Buffer.from(`Host a\n${line}\n`);
    expect(isIncluded(scoped, line)).toBe(false);
    expect(withInclude(scoped, line).toString()).toBe(`${line}\nHost a\n${line}\n`);
    expect(withoutInclude(withInclude(scoped, line), line).toString()).toBe('Host a\n');
  });

  it('goes from wherever somebody put it', () => {
    expect(withoutInclude(Buffer.from(`User kim\n  ${line}\t\r\nHost a`), line).toString()).toBe('User kim\nHost a');
    const untouched = Buffer.from('User kim\n');
    expect(withoutInclude(untouched, line)).toBe(untouched);
  });
});

describe('a path cannot leave its line', () => {
  it('or its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (path) => {
        if (!isPlainPath(path, false)) {
          expect(() => pathArgument(path, false)).toThrow();
          return;
        }
        expect(pathArgument(path, false)).toMatch(/^"[^"\\%$*?\n\r]*"$/);
      }),
      { numRuns: 500 },
    );
  });

  it('and says which it is', () => {
    for (const odd of ['a\nHost *', 'a"b', 'a%h', 'a$HOME', 'a*', "a'b", 'a\\b', 'a\0', 'a[b]', 'a{b}']) {
      expect(isPlainPath(`/data/${odd}`, false)).toBe(false);
    }
    expect(isPlainPath('/home/김 철수/Berth #1', false)).toBe(true);
    expect(includeLine('C:\\Users\\kim\\ssh\\config', true)).toBe('Include "C:/Users/kim/ssh/config"');
  });
});
