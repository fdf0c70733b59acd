import { join, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageHeaders, pagePaths, rendererFile } from './renderer-files.ts';

const root = join(sep, 'app', 'dist', 'renderer');

describe('rendererFile', () => {
  it('gives the one page for every page address', () => {
    for (const path of pagePaths) {
      expect(rendererFile(root, path)).toMatchObject({
        path: join(root, 'index.html'),
        isPage: true,
        cacheControl: 'no-store',
      });
      expect(rendererFile(root, `${path}?a=../..`)).toMatchObject({ path: join(root, 'index.html') });
    }
  });

  it('gives built files with their type and caching', () => {
    expect(rendererFile(root, '/assets/index-D3adB33f.js')).toMatchObject({
      path: join(root, 'assets', 'index-D3adB33f.js'),
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
    });
    expect(rendererFile(root, '/mark.svg')).toMatchObject({ contentType: 'image/svg+xml', cacheControl: 'no-cache' });
  });

  it.each([
    '/..',
    '/../x.js',
    '/a/../../x.js',
    '/%2e%2e/x.js',
    '/..%2fx.js',
    '/a%00.js',
    '/a\0.js',
    '/a\\..\\x.js',
    '\\x.js',
    '/C:/x.js',
    '/c:x.js',
    '//host/share/x.js',
    '/\\\\host\\x.js',
    '/.env',
    '/.git/x.js',
    '/a./x.js',
    '/x.js.',
    '/x.js ',
    '/x.js::$DATA',
    '/index.html',
    '/x.map',
    '/assets/',
    '/assets',
    '',
    'x.js',
    'http://h/x.js',
    '/x',
    '/…/x.js',
    '/a//x.js',
    '/~/x.js',
  ])('gives nothing for %j', (path) => {
    expect(rendererFile(root, path)).toBeNull();
  });

  it('stays below its root for any address', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', 'assets', 'x.js', '\\', '/', '\0', 'C:', '%5c', '~', ' '),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom('/', '', '//'), (parts, start) => {
        const file = rendererFile(root, start + parts.join('/'));
        if (file !== null) expect(file.path.startsWith(root + sep)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('pageHeaders', () => {
  it('allow no connection but those named', () => {
    expect(pageHeaders([])['Content-Security-Policy']).toContain("connect-src 'self';");
    expect(pageHeaders(['ws://x:1'])['Content-Security-Policy']).toContain("connect-src 'self' ws://x:1;");
  });
});
