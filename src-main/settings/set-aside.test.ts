import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../log/log.ts';
import { settingAside } from './set-aside.ts';

test('a broken document is set aside whole, and the app goes on with an empty one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-aside-'));
  const path = join(folder, 'sites.json');
  writeFileSync(path, 'garbage {');
  const store = {
    path,
    read: () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>,
    write: (document: Record<string, unknown>) => writeFileSync(path, JSON.stringify(document)),
  };
  const careful = settingAside(store, silentLog().area('test'), () => new Date('2026-01-02T03:04:05.678Z'));
  expect(careful.read()).toEqual({});
  expect(readdirSync(folder)).toEqual(['sites.bad-2026-01-02T03-04-05-678Z.json']);
  expect(readFileSync(join(folder, 'sites.bad-2026-01-02T03-04-05-678Z.json'), 'utf8')).toBe('garbage {');
  careful.write({ sites: [] });
  expect(careful.read()).toEqual({ sites: [] });
  rmSync(folder, { recursive: true });
});
