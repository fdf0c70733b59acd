import { expect, test } from 'vitest';
import type { FoundFile } from './look-policy.ts';
import { newsOf } from './news-policy.ts';

const file = (name: string, bytes: number, mtime: number, kind: FoundFile['kind'] = 'file'): FoundFile => ({
  path: Buffer.from(name),
  kind,
  bytes,
  mtime,
  mode: 0o644,
  target: Buffer.from(''),
});

test('news: what nobody was told of, and kept files that are not as they were; not what was let go', () => {
  const odd = Buffer.from([0x2f, 0xff]);
  const news = newsOf(
    [
      file('/kept', 5, 10),
      file('/grown', 9, 10),
      file('/touched', 5, 10.5),
      file('/log-let-go', 99, 99),
      file('/new', 1, 1),
      file('/link', 0, 50, 'link'),
      { ...file('', 1, 1), path: odd },
    ],
    {
      told: new Set(['/kept', '/grown', '/touched', '/log-let-go', '/link']),
      kept: new Map([
        ['/kept', { bytes: 5, mtime: 10.0000001 }],
        ['/grown', { bytes: 5, mtime: 10 }],
        ['/touched', { bytes: 5, mtime: 10 }],
        ['/link', { bytes: 0, mtime: 10 }],
      ]),
    },
  );
  expect(news.map(({ path }) => path.toString('latin1'))).toEqual(['/grown', '/touched', '/new', '/\xff']);
});
