import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerOwnPage } from './scheme.ts';

vi.mock('electron', () => import('./testing/electron-stand-in.ts'));

let folder: string;
let root: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-scheme-'));
  root = join(folder, 'renderer');
  mkdirSync(join(root, 'assets', 'dir.js'), { recursive: true });
  writeFileSync(join(folder, 'secret.js'), 'outside');
  writeFileSync(join(root, 'index.html'), '<title>page</title>');
  writeFileSync(join(root, 'assets', 'a-1.js'), 'export {};');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => answerOwnPage({ method, url }, root);

describe('berth://app', () => {
  it('answers pages and built files, with headers', async () => {
    for (const url of ['berth://app/', 'berth://app/terminal?account=a', 'berth://app/open', 'berth://app/#x']) {
      const answer = await get(url);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('page');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const asset = await get('berth://app/assets/a-1.js');
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });

  it('only reads', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
      expect((await get('berth://app/', method)).status).toBe(405);
  });

  it.each([
    'berth://app/../secret.js',
    'berth://app/%2e%2e/secret.js',
    'berth://app/..%2fsecret.js',
    'berth://app/assets/..\\..\\secret.js',
    'berth://app/assets/%00',
    'berth://app//etc/passwd',
    'berth://app/C:/x.js',
    'berth://app/\\\\h\\s\\x.js',
    'berth://app/assets/dir.js',
    'berth://app/none.js',
    'berth://other/',
    'berth://app.evil/',
    'berth://app:80/',
    'berth://u@app/',
    'berth:/app/',
    'file:///etc/passwd',
    'berth://app',
  ])('has nothing at %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('outside');
  });
});
